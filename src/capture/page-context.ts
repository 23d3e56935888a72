import type { EventContext, EventPage } from '../event/event.js';
import { version } from '../lib/version.js';

/** `utm_*`, and the parameters that advertising systems add to a link to recognise the click later. */
const CAMPAIGN =
  /^(?:utm_(.+)|[gd]clid|[gw]braid|fbclid|msclkid|ttclid|twclid|li_fat_id|igshid|sccid|epik|rdt_cid|yclid|mc_eid|_kx)$/;
const MAX_VALUE = 255;

export type Campaign = NonNullable<EventContext['campaign']>;

/** Asked once: making a formatter costs more than all the rest of an event. */
let timezone: string | undefined;

/** The page as it is at this moment. */
export const readPage = (): Omit<EventPage, 'viewId' | 'previousUrl'> => ({
  url: location.href,
  path: location.pathname,
  title: document.title,
  referrer: document.referrer,
});

/** What an address says of the campaign that led to it; undefined when it says nothing. Pure. */
export function readCampaign(search: string): Campaign | undefined {
  let campaign: Campaign | undefined;
  for (const [name, value] of new URLSearchParams(search)) {
    const match = CAMPAIGN.exec(name);
    if (match && value) campaign = { ...campaign, [match[1] ?? name]: value.slice(0, MAX_VALUE) };
  }
  return campaign;
}

/** Everything about where the event happened, but for its page and campaign. */
export function readContext(): EventContext {
  timezone ??= Intl.DateTimeFormat().resolvedOptions().timeZone ?? '';
  return {
    locale: navigator.language,
    timezone,
    screen: { width: screen.width, height: screen.height },
    viewport: { width: innerWidth, height: innerHeight },
    library: { name: 'tracklet', version },
  };
}
