import type { ChoiceOrigin, ConsentChoice, ConsentState } from './gate.js';

/** Of the framework's answer, what is needed here. Fact: IAB Tech Lab, CMP API v2 (TCF 2.2), `TCData`. */
interface TcData {
  readonly eventStatus?: 'tcloaded' | 'cmpuishown' | 'useractioncomplete';
  readonly gdprApplies?: boolean;
  readonly listenerId?: number;
  readonly purpose?: { readonly consents?: { readonly [id: string]: boolean } };
  readonly vendor?: { readonly consents?: { readonly [id: string]: boolean } };
}

type TcfApi = (
  command: 'addEventListener' | 'removeEventListener',
  version: 2,
  callback: (data: TcData | null, success: boolean) => void,
  listenerId?: number,
) => void;

export interface TcfOptions {
  /**
   * The framework's purposes that together make one of the tracker's. Default `{ analytics: [1, 8], marketing: [1, 3, 4] }`:
   * storing on the device, with measuring content, or with making and using profiles for advertising.
   */
  purposes?: { readonly [purpose: string]: readonly number[] };
  /** Id on the Global Vendor List of who must be agreed to as well. Default: nobody, for a site that works for itself. */
  vendor?: number;
}

/**
 * Tells the tracker what the visitor says to a consent manager of the IAB's Transparency and Consent Framework, now and
 * later; until then nothing. Where the GDPR does not apply nobody was asked, so all is granted but what the browser itself
 * refuses. Returns the function that ends it. Create the tracker with `consent: consent('pending', { remember: false })`,
 * because the consent manager remembers.
 *
 * @throws TypeError when there is no consent manager on the page.
 */
export function followTcf(
  tracker: { consent(choice: ConsentChoice, origin?: ChoiceOrigin): void },
  { purposes = { analytics: [1, 8], marketing: [1, 3, 4] }, vendor }: TcfOptions = {},
): () => void {
  const api = (globalThis as { __tcfapi?: TcfApi }).__tcfapi;
  if (!api) {
    throw new TypeError("tracklet: followTcf() must come after the consent manager's own script, which makes __tcfapi");
  }
  let listenerId: number | undefined;
  let isOver = false;
  const stop = () => {
    isOver = true;
    if (listenerId !== undefined) api('removeEventListener', 2, () => undefined, listenerId);
  };
  api('addEventListener', 2, (data, success) => {
    if (!success || !data) return;
    listenerId = data.listenerId;
    if (isOver) return stop();
    const isFree = data.gdprApplies === false;
    if (!isFree && data.eventStatus === 'cmpuishown') return;
    const isVendorFine = vendor === undefined || data.vendor?.consents?.[vendor] === true;
    const agreed = (ids: readonly number[]) => isVendorFine && ids.every((id) => data.purpose?.consents?.[id] === true);
    const choice: { [purpose: string]: ConsentState } = {};
    for (const [purpose, ids] of Object.entries(purposes))
      choice[purpose] = isFree || agreed(ids) ? 'granted' : 'denied';
    tracker.consent(choice, { byDefault: isFree });
  });
  return stop;
}
