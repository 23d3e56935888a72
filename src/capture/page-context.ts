import type { EventContext, EventPage } from '../event/event.js';
import { version } from '../lib/version.js';

/** Parameters that advertising systems add to a link so that they can recognise the click later. */
const CLICK_IDS = [
  'gclid',
  'gbraid',
  'wbraid',
  'dclid',
  'fbclid',
  'msclkid',
  'ttclid',
  'twclid',
  'li_fat_id',
  'igshid',
  'sccid',
  'epik',
  'rdt_cid',
  'yclid',
  'mc_eid',
  '_kx',
];
const MAX_VALUE = 255;

export type Campaign = NonNullable<EventContext['campaign']>;

/** The page as it is at this moment. */
export const readPage = (): EventPage => ({
  url: location.href,
  path: location.pathname,
  title: document.title,
  referrer: document.referrer,
});

/** `utm_*` and click ids of an address; undefined when it has none. Pure. */
export function readCampaign(search: string): Campaign | undefined {
  const campaign: { [name: string]: string } = {};
  for (const [name, value] of new URLSearchParams(search)) {
    if (!value) continue;
    if (name.startsWith('utm_')) campaign[name.slice(4)] = value.slice(0, MAX_VALUE);
    else if (CLICK_IDS.includes(name)) campaign[name] = value.slice(0, MAX_VALUE);
  }
  return Object.keys(campaign).length > 0 ? campaign : undefined;
}

/** Everything else about where the event happened. */
export const readContext = (campaign: Campaign | undefined): EventContext => ({
  ...(campaign && { campaign }),
  locale: navigator.language,
  timezone: timezone(),
  screen: { width: screen.width, height: screen.height },
  viewport: { width: innerWidth, height: innerHeight },
  library: { name: 'tracklet', version },
});

let knownTimezone: string | undefined;

/** Asked once: making a formatter costs more than all the rest of an event. */
function timezone(): string {
  knownTimezone ??= Intl.DateTimeFormat().resolvedOptions().timeZone ?? '';
  return knownTimezone;
}
