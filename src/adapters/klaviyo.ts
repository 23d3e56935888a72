import type { Destination, DestinationOptions } from './adapter.js';
import { check } from './check.js';
import { createDestination } from './destination.js';
import { judgeStatus } from './judge-status.js';
import {
  type KlaviyoBody,
  type KlaviyoWriter,
  REVISION,
  toKlaviyoName,
  toResource,
  writeKlaviyo,
} from './klaviyo-body.js';

export interface KlaviyoOptions extends DestinationOptions {
  /** The public site id of 6 characters, as in Klaviyo's own snippet. Not the private key, which starts with `pk_`. */
  companyId: string;
  /** API revision. Default `2026-07-15`, the newest known; Klaviyo serves one for two years. Oldest `2025-04-15`. */
  revision?: string;
  /** For fields of Klaviyo's beyond the default mapping: from `klaviyoMap()` of `tracklet/adapters/klaviyo-map`. */
  map?: KlaviyoWriter;
}

/**
 * Klaviyo's client API: the one vendor that a browser may call directly, because its key is public. Event properties
 * win over the `session_id` and `page_…` that we add; `unique_id` is ours, and makes resending harmless.
 * Facts: github.com/klaviyo/openapi (K-OA) and Klaviyo's page on rate limits and errors (K-RL).
 * @throws TypeError when an option is wrong.
 */
export function klaviyo(options: KlaviyoOptions = {} as KlaviyoOptions): Destination {
  const { companyId, revision = REVISION, endpoint = 'https://a.klaviyo.com', map = writeKlaviyo } = options;
  check(
    'klaviyo({ companyId, revision })',
    /^\w{6}20\d\d-[01]\d-[0-3]\d$/.test(companyId + revision) && revision >= '2025-04-15',
    '6 characters and >= 2025-04-15',
  );

  return createDestination(
    {
      name: 'klaviyo',
      maxEvents: 1000, // K-OA
      maxBytes: 5_000_000, // K-RL
      // Of the bulk call (K-OA). A page sends one request after the other, so it is far from the 350 a second and 3,500 a
      // minute of the single ones.
      rate: [
        { requests: 10, perMs: 1_000, minEvents: 2 },
        { requests: 150, perMs: 60_000, minEvents: 2 },
      ],
      deduplicates: true,

      accepts: (event, now) => map(event, now, revision).acceptance,
      wireName: toKlaviyoName,

      /** A request has one profile, and a profile update is a request of its own. */
      groupBy: (event) => (event.type === 'identify' ? event.id : JSON.stringify(map(event, 0, revision).profile)),

      /** The bulk call fails as a whole when it repeats an event; the single call ignores a repeat (K-OA). */
      maxEventsFor: ({ unclear }) => (unclear ? 1 : 1000),

      toRequest(events, { now }) {
        const bodies = events.map((event) => map(event, now, revision, events.length));
        const [{ profile, attributes }] = bodies as [KlaviyoBody];
        const shared = { profile: { data: profile } };
        const all = bodies.map((body) => toResource('event', body.attributes));
        const [call, data] =
          events[0]?.type === 'identify'
            ? ['profiles', profile]
            : !bodies[1]
              ? ['events', toResource('event', { ...shared, ...attributes })]
              : ['event-bulk-create', toResource('event-bulk-create', { ...shared, events: { data: all } })];
        return {
          url: `${endpoint}/client/${call}?company_id=${companyId}`,
          method: 'POST',
          headers: { 'Content-Type': 'application/vnd.api+json', revision },
          body: JSON.stringify({ data }),
        };
      },

      judge(response, events) {
        const { kind, reason } = judgeStatus(response);
        // A repeat is no fault of its event: alone, it will be ignored.
        const culprit = events[Number(/events\/data\/(\d+)\/(?!attributes\/unique_id)/.exec(response.body)?.[1])];
        if (kind !== 'split') return { kind, reason };
        if (/"company_id"/.test(response.body)) return { kind: 'pause', reason };
        return culprit ? { kind: 'drop', ids: [culprit.id], reason } : { kind, reason };
      },
    },
    options,
  );
}
