import type { TrackletEvent } from '../event/event.js';
import type { Destination, DestinationOptions } from './adapter.js';
import { check, GIVEN } from './check.js';
import { cutText } from './cut-text.js';
import { createDestination } from './destination.js';
import { judgeStatus } from './judge-status.js';
import { isAction, timeOf } from './neutral-event.js';
import { post } from './post.js';

export interface GainsightOptions extends DestinationOptions {
  /** The product's tag key, `AP-…-2`, as in the PX web snippet. Public; not the API key. */
  propertyKey: string;
  /** The REST API key with write permission; secret, so on a server only. */
  apiKey?: string;
  /** Default `https://api.aptrinsic.com`; else `https://api-eu.aptrinsic.com` or `https://api-us2.aptrinsic.com` (G-OA). */
  endpoint?: string;
}

const MAX_ATTRIBUTES = 50; // G-SUP
/** The older document's cap on values is kept, as nothing says that it was lifted (G-SUP). */
const MAX_TEXT = 1024;

/**
 * Gainsight PX custom events. Visitors without a user id go as `VISITOR` with their anonymous id.
 * The site's properties win over the `value`, `currency` and `page_title` that we add; nested ones become JSON text.
 * Facts: the vendor's Swagger (G-OA), its support pages (G-SUP) and its data loader (G-LD).
 * @throws TypeError when an option is wrong, or nothing would add the secret API key.
 */
export function gainsight(options: GainsightOptions = {} as GainsightOptions): Destination {
  const { propertyKey, apiKey, endpoint = 'https://api.aptrinsic.com' } = options;
  const isGiven = propertyKey && (apiKey || options.endpoint || options.headers);
  check('gainsight({ propertyKey, apiKey })', isGiven, GIVEN);

  return createDestination(
    {
      name: 'gainsight',
      maxEvents: 1, // G-OA
      maxBytes: 1_000_000, // Undocumented; far above any event.
      rate: [{ requests: 200, perMs: 1_000 }], // G-OA
      deduplicates: false,

      accepts: (event) => (isAction(event.type) ? 'ready' : 'not-applicable'),

      toRequest(events, { now }) {
        const event = events[0] as TrackletEvent;
        const { visitor, page, value, currency, properties } = event;
        const body = {
          eventId: event.id,
          eventName: event.name,
          identifyId: visitor.userId || visitor.anonymousId,
          userType: visitor.userId ? 'USER' : 'VISITOR',
          propertyKey,
          date: timeOf(event, now).getTime(),
          sessionId: event.session.id,
          accountId: visitor.accountId,
          url: page.url,
          referrer: page.referrer,
          attributes: toAttributes({ value, currency, page_title: page.title, ...properties }),
        };
        return post(`${endpoint}/v1/events/custom`, body, apiKey && { 'X-APTRINSIC-API-KEY': apiKey });
      },

      // 201 says created, and 403 may be a web page; both are what every status table expects.
      judge: judgeStatus,
    },
    options,
    apiKey ? ['apiKey'] : [],
  );
}

/** Scalars only, under names that differ by more than case: of `Plan` and `plan`, the second becomes `plan_2` (G-SUP). */
function toAttributes(properties: { readonly [name: string]: unknown }): object {
  const attributes = new Map<string, readonly [name: string, value: unknown]>();
  for (const [key, value] of Object.entries(properties)) {
    let name = key;
    for (let count = 2; attributes.has(name.toLowerCase()); count++) name = `${key}_${count}`;
    if (value != null && attributes.size < MAX_ATTRIBUTES) attributes.set(name.toLowerCase(), [name, toScalar(value)]);
  }
  return Object.fromEntries(attributes.values());
}

const toScalar = (value: unknown): unknown => {
  const scalar = typeof value === 'object' ? JSON.stringify(value) : value;
  return typeof scalar === 'string' ? cutText(scalar, MAX_TEXT) : scalar;
};
