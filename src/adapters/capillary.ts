import type { TrackletEvent } from '../event/event.js';
import type { Destination, DestinationOptions } from './adapter.js';
import { checkOptions, isRecord, isText, isTextRecord } from './check-options.js';
import { createDestination } from './destination.js';
import { describe, judgeStatus, readJson } from './judge-status.js';
import { firstOf, isAction, isoTime } from './neutral-event.js';
import { toWireName } from './wire-name.js';

/** The attribute of Capillary's type `customer`, and what of the visitor its `identifierType` asks for. */
export interface CapillaryCustomer {
  readonly name: string;
  /** `userId` for externalId, `phone` for mobile. */
  readonly from: 'userId' | 'email' | 'phone';
}

export interface CapillaryOptions extends DestinationOptions {
  /** The whole address: the webhook's (secret, so on a server only), or that of the site's own proxy for it. */
  endpoint: string;
  /**
   * The events defined at Capillary, each with the attributes to send: `{ plan_chosen: ['plan', 'amount'] }`. `Plan
   * Chosen` becomes `Plan_Chosen`, then `plan_chosen` if only that is listed. Events not listed are refused.
   */
  events: Readonly<Record<string, readonly string[]>>;
  /** Default `{ name: 'customer_id', from: 'userId' }`. Without a customer Capillary takes nothing: events wait. */
  customer?: CapillaryCustomer;
  /** Where an attribute comes from: `{ amount: 'value', city: 'visitor.traits.city' }`. Default: the property of its name. */
  attributes?: Readonly<Record<string, string>>;
  /**
   * Whether the webhook was made with `uniquenessCheckEnabled`, so that repeats are ignored. Default true; then
   * `uniqueAttribute` is sent with every event and must be one of its attributes with `isUniqueKeyField`.
   */
  uniquenessCheck?: boolean;
  /** The attribute that gets the event's id. Default `event_id`. */
  uniqueAttribute?: string;
  /** A token for the header `X-CAP-API-OAUTH-TOKEN`; secret. It lives an hour at most: better `headers` as a function. */
  token?: string;
}

/** Capillary says 1100 when it has queued the event; what comes of it is in its own log only (C-REF). */
const QUEUED = 1100;
const MAX_ATTRIBUTES = 20; // C-SET

/**
 * Capillary's behavioural events, posted to a webhook. Nothing is fixed there but `event_name` and `eventDateTime`:
 * each attribute has to be defined at Capillary, published, and listed here. Our own names win over attributes.
 * Facts: docs.capillarytech.com, reference (C-REF) and set-up (C-SET).
 * @throws TypeError when an option is wrong.
 */
export function capillary(options: CapillaryOptions): Destination {
  const check = checkOptions('capillary', options);
  const { endpoint, events, attributes = {}, uniquenessCheck = true, uniqueAttribute = 'event_id' } = options;
  const { token, customer = { name: 'customer_id', from: 'userId' } } = options;
  check('endpoint', isText(endpoint), 'the address of your own proxy for the webhook; or use relay({ endpoint })');
  check('events', isDeclaration(events), "{ event_name: ['attribute', …] }: names of A-Z, 0-9, _; up to 20 attributes");
  check('customer', isCustomer(customer), "{ name: 'customer_id', from: 'userId', 'email' or 'phone' }");
  check('attributes', isTextRecord(attributes), "an object such as { amount: 'value' }");
  check('uniquenessCheck', typeof uniquenessCheck === 'boolean', 'true or false');
  check('uniqueAttribute', isText(uniqueAttribute), 'the name of an attribute');
  // Maps, because objects also answer to `constructor`.
  const declared = new Map(Object.entries(events));
  const paths = new Map(Object.entries(attributes));
  const headers = { 'Content-Type': 'application/json', ...(token && { 'X-CAP-API-OAUTH-TOKEN': token }) };

  const findName = (name: string): string | undefined => {
    const wireName = toCapillaryName(name);
    return [wireName, wireName.toLowerCase()].find((candidate) => declared.has(candidate));
  };

  return createDestination(
    {
      name: 'capillary',
      maxEvents: 1, // C-REF
      maxBytes: 1_000_000, // Undocumented; far above any event.
      deduplicates: uniquenessCheck,

      accepts(event) {
        if (!isAction(event)) return 'not-applicable';
        if (!findName(event.name)) return { refused: `not declared: ${toCapillaryName(event.name)}` };
        return event.visitor[customer.from] ? 'ready' : 'needs-identity';
      },

      toRequest(batch, { now }) {
        const event = firstOf(batch);
        const name = findName(event.name) ?? '';
        const values = (declared.get(name) ?? []).map((attribute) => [
          attribute,
          toScalar(readPath(event, paths.get(attribute) ?? `properties.${attribute}`)),
        ]);
        const body = {
          ...Object.fromEntries(values),
          ...(uniquenessCheck && { [uniqueAttribute]: event.id }),
          [customer.name]: event.visitor[customer.from],
          event_name: name,
          eventDateTime: isoTime(event, now).slice(0, 19),
        };
        return { url: endpoint, method: 'POST', headers, body: JSON.stringify(body) };
      },

      judge(response) {
        const verdict = judgeStatus(response);
        if (verdict.kind !== 'delivered') return verdict;
        const code = readJson(response.body, 'status', 'code');
        // A proxy may keep the answer to itself; only a code that says otherwise is a refusal.
        return code === undefined || Number(code) === QUEUED ? verdict : { kind: 'split', reason: describe(response) };
      },
    },
    options,
    // The webhook's address alone lets anybody post to it.
    /^https?:.*\/webhooks\//.test(endpoint) ? ['endpoint'] : [],
  );
}

const toCapillaryName = (name: string): string => toWireName(name, /[^A-Za-z\d_]+/g);

function isDeclaration(events: unknown): boolean {
  if (!isRecord(events)) return false;
  const isList = (list: unknown) => Array.isArray(list) && list.length <= MAX_ATTRIBUTES && list.every(isText);
  return Object.entries(events).every(([name, list]) => name && name === toCapillaryName(name) && isList(list));
}

const isCustomer = (customer: unknown): boolean =>
  isRecord(customer) && isText(customer.name) && ['userId', 'email', 'phone'].some((from) => from === customer.from);

/** `visitor.traits.city` of an event. */
const readPath = (event: TrackletEvent, path: string): unknown =>
  path.split('.').reduce<unknown>((at, key) => (at as { [key: string]: unknown } | null | undefined)?.[key], event);

/** Attributes are numbers (`double`) or texts. */
function toScalar(value: unknown): number | string | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  return typeof value === 'object' && value ? JSON.stringify(value) : undefined;
}
