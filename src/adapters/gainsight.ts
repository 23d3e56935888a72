import type { TrackletEvent } from '../event/event.js';
import { acceptanceOf } from './acceptance.js';
import type { Destination, DestinationOptions } from './adapter.js';
import { check, GIVEN } from './check.js';
import { cutText } from './cut-text.js';
import { createDestination } from './destination.js';
import type { Exact } from './exact.js';
import { judgeStatus } from './judge-status.js';
import { timeOf } from './neutral-event.js';
import { post } from './post.js';

/** What of an event is open to the site; name, time, id and product come from elsewhere. */
export interface GainsightFields {
  /** The id under which PX knows the person. Default: `userId`, else the anonymous id. Without one the event is held. */
  readonly identifyId?: string | undefined;
  /** `USER` is somebody identified (G-LD), `VISITOR` nobody yet; what `EMPTY_USER_TYPE` means is not published. */
  readonly userType: 'USER' | 'VISITOR' | 'LEAD' | 'EMPTY_USER_TYPE';
  /** Not published what for; default none. */
  readonly eventType?: string | undefined;
  readonly sessionId?: string | undefined;
  /** The company, from `group()`. */
  readonly accountId?: string | undefined;
  readonly url?: string | undefined;
  readonly referrer?: string | undefined;
  /** The page's host. */
  readonly remoteHost?: string | undefined;
  /** Like `attributes`, for what is true of many events. Default none. */
  readonly globalContext?: Readonly<Record<string, unknown>> | undefined;
  /** The first 50 are sent; objects and lists as JSON text, texts cut to 1024. */
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}

export interface GainsightSettings<Mapped extends GainsightFields = GainsightFields> {
  /** The product's tag key, `AP-…-2`, as in the PX web snippet. Public; not the API key. */
  propertyKey: string;
  /**
   * Changes the fields of an event: gets those that would be sent, and returns those to send.
   * `map: (fields, { visitor }) => ({ ...fields, identifyId: visitor.email })`. Asked twice for each event.
   */
  map?: (fields: GainsightFields, event: TrackletEvent) => Exact<Mapped, GainsightFields>;
}

export interface GainsightOptions<Mapped extends GainsightFields = GainsightFields>
  extends GainsightSettings<Mapped>,
    DestinationOptions {
  /** The site's own proxy, which adds the secret: `/proxy/gainsight` for a request to `/proxy/gainsight/v1/events/custom`. */
  endpoint: string;
}

const MAX_NAME = 2000; // G-SUP
const MAX_ATTRIBUTES = 50; // G-SUP
/** Of keys; the older document's cap on values is kept, as nothing says that it was lifted (G-SUP). */
const MAX_TEXT = 1024;

/**
 * Gainsight PX custom events. Visitors without a user id go as `VISITOR` with their anonymous id.
 * The site's properties win over the `value`, `currency` and `page_title` that we add.
 * PX takes 500 events of a session and, by plan, so many a day (G-SUP); what it does beyond is not published, so all are
 * sent, and `filter` can hold back what is too much.
 * Facts: the vendor's Swagger (G-OA), its support pages (G-SUP) and its data loader (G-LD).
 * @throws TypeError when an option is wrong, or nothing would add the secret API key.
 */
export function gainsight<Mapped extends GainsightFields>(
  options: GainsightOptions<Mapped> = {} as GainsightOptions<Mapped>,
): Destination {
  const { propertyKey, map = (fields) => fields, endpoint }: GainsightOptions = options;
  check('gainsight({ propertyKey, endpoint })', propertyKey && endpoint, GIVEN);

  /** Undefined when PX would not know whose event it is. */
  const toBody = (event: TrackletEvent, now: number): object | undefined => {
    const eventName = toName(event.name);
    if (!eventName) throw 'empty name';
    const { attributes, globalContext, ...own } = map(toFields(event), event);
    if (!/^(USER|VISITOR|LEAD|EMPTY_USER_TYPE)$/.test(own.userType)) throw 'no such userType';
    return own.identifyId
      ? {
          ...own,
          eventId: event.id,
          eventName,
          propertyKey,
          date: timeOf(event, now).getTime(),
          globalContext: globalContext && toAttributes(globalContext),
          attributes: attributes && toAttributes(attributes),
        }
      : undefined;
  };

  return createDestination(
    {
      name: 'gainsight',
      maxEvents: 1, // G-OA
      maxBytes: 1_000_000, // Undocumented; far above any event.
      rate: [{ requests: 200, perMs: 1_000 }], // G-OA
      deduplicates: false,
      wireName: toName,
      accepts: (event, now) => acceptanceOf(event.type, () => toBody(event, now)),
      toRequest: ([event], { now }) => post(`${endpoint}/v1/events/custom`, toBody(event as TrackletEvent, now)),

      // 201 says created, and 403 may be a web page; both are what every status table expects.
      judge: judgeStatus,
    },
    options,
  );
}

const toName = (name: string): string => cutText(name.trim(), MAX_NAME);

function toFields({ visitor, session, page, value, currency, properties }: TrackletEvent): GainsightFields {
  return {
    identifyId: visitor.userId || visitor.anonymousId,
    userType: visitor.userId ? 'USER' : 'VISITOR',
    sessionId: session.id,
    accountId: visitor.accountId,
    url: page.url,
    referrer: page.referrer,
    remoteHost: /^\w+:\/\/([^/?#]+)/.exec(page.url)?.[1],
    attributes: { value, currency, page_title: page.title, ...properties },
  };
}

/** Scalars only, under names that differ by more than case: of `Plan` and `plan`, the second becomes `plan_2` (G-SUP). */
function toAttributes(properties: object): object {
  const attributes = new Map<string, readonly [name: string, value: unknown]>();
  // Once through JSON, where dates are texts, and what is undefined or not finite is not there.
  for (const [key, value] of Object.entries(JSON.parse(JSON.stringify(properties)))) {
    let name = cutText(key, MAX_TEXT);
    for (let count = 2; attributes.has(name.toLowerCase()); count++) name = `${cutText(key, MAX_TEXT - 4)}_${count}`;
    if (value != null && attributes.size < MAX_ATTRIBUTES) attributes.set(name.toLowerCase(), [name, toScalar(value)]);
  }
  return Object.fromEntries(attributes.values());
}

const toScalar = (value: unknown): unknown => {
  const scalar = typeof value === 'object' ? JSON.stringify(value, sorted) : value;
  return typeof scalar === 'string' ? cutText(scalar, MAX_TEXT) : scalar;
};

/** Keys in one order, so that equal objects are equal texts. */
const sorted = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
