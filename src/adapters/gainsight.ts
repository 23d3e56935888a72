import type { EventVisitor, JsonObject } from '../event/event.js';
import type { Destination, DestinationOptions } from './adapter.js';
import { checkOptions, isText } from './check-options.js';
import { cleanProperties, cutText } from './clean-properties.js';
import { checkRoute, createDestination, joinUrl } from './destination.js';
import { judgeStatus } from './judge-status.js';
import { firstOf, isAction } from './neutral-event.js';

export interface GainsightOptions extends DestinationOptions {
  /** The product's tag key, `AP-…-2`, as in the PX web snippet. Public; not the API key. */
  propertyKey: string;
  /** The REST API key with write permission; secret, so on a server only. */
  apiKey?: string;
  /** Where the subscription lives, when there is no `endpoint`: `us` (default, as at PX), `eu` or `us2`. */
  region?: 'us' | 'eu' | 'us2';
}

/** G-OA */
const BASES = {
  us: 'https://api.aptrinsic.com',
  eu: 'https://api-eu.aptrinsic.com',
  us2: 'https://api-us2.aptrinsic.com',
};
/** Scalars only; the older document's cap on values is kept, as nothing says that it was lifted (G-SUP). */
const LIMITS = { maxKeys: 50, maxText: 1024, flat: true };

/**
 * Gainsight PX custom events. Visitors without a user id go as `VISITOR` with their anonymous id.
 * The site's properties win over the `value`, `currency` and `page_title` that we add; nested ones become JSON text.
 * Facts: the vendor's Swagger (G-OA), its support pages (G-SUP) and its data loader (G-LD).
 * @throws TypeError when an option is wrong, or nothing would add the secret API key.
 */
export function gainsight(options: GainsightOptions): Destination {
  const check = checkOptions('gainsight', options);
  const { propertyKey, apiKey, region = 'us', endpoint = BASES[region] } = options;
  check('propertyKey', isText(propertyKey), "the product's tag key, such as 'AP-EXAMPLE-2'");
  check('region', isText(BASES[region]), "'us', 'eu' or 'us2'");
  checkRoute(check, options);
  const url = joinUrl(endpoint, '/v1/events/custom');
  const headers = { 'Content-Type': 'application/json', ...(apiKey && { 'X-APTRINSIC-API-KEY': apiKey }) };

  return createDestination(
    {
      name: 'gainsight',
      maxEvents: 1, // G-OA
      maxBytes: 1_000_000, // Undocumented; far above any event.
      rate: [{ requests: 200, perMs: 1_000 }], // G-OA
      deduplicates: false,

      accepts(event) {
        if (!isAction(event)) return 'not-applicable';
        return event.name.trim() ? 'ready' : { refused: 'the name is empty' };
      },

      toRequest(events, { now }) {
        const event = firstOf(events);
        const { visitor, session, page, value, currency } = event;
        const ours = { value, currency, page_title: page.title || undefined };
        const body = {
          eventId: event.id,
          eventName: cutText(event.name.trim(), 2000),
          identifyId: visitor.userId || visitor.anonymousId,
          userType: visitor.userId ? 'USER' : 'VISITOR',
          propertyKey,
          date: Math.min(event.time, now),
          sessionId: session.id || undefined,
          accountId: toAccountId(visitor),
          url: page.url || undefined,
          referrer: page.referrer || undefined,
          attributes: withDistinctKeys(cleanProperties([event.properties, ours], LIMITS)),
        };
        return { url, method: 'POST', headers, body: JSON.stringify(body) };
      },

      // 201 says created, and 403 may be a web page; both are what every status table expects.
      judge: judgeStatus,
    },
    options,
  );
}

function toAccountId({ accountId, traits }: EventVisitor): string | undefined {
  if (accountId) return accountId;
  return isText(traits?.accountId) ? traits.accountId : undefined;
}

/** PX ignores the case of keys (G-SUP): of `Plan` and `plan`, the second becomes `plan_2`. */
function withDistinctKeys(attributes: JsonObject): JsonObject {
  const seen = new Set<string>();
  const distinct = Object.entries(attributes).map(([key, value]) => {
    let name = key;
    for (let count = 2; seen.has(name.toLowerCase()); count++) name = `${key}_${count}`;
    seen.add(name.toLowerCase());
    return [name, value] as const;
  });
  return Object.fromEntries(distinct);
}
