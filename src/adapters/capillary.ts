import type { TrackletEvent } from '../event/event.js';
import type { Destination, DestinationOptions } from './adapter.js';
import { check } from './check.js';
import { createDestination } from './destination.js';
import { judgeStatus } from './judge-status.js';
import { isAction, timeOf } from './neutral-event.js';
import { post } from './post.js';
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
   * The events defined at Capillary, each with the attributes to send: `{ plan_chosen: ['plan', 'amount'] }`.
   * `Plan Chosen` is found as `Plan_Chosen` or `plan_chosen`. Events not listed are refused.
   */
  events: Readonly<Record<string, readonly string[]>>;
  /** Default `{ name: 'customer_id', from: 'userId' }`. Without a customer Capillary takes nothing: events wait. */
  customer?: CapillaryCustomer;
  /** Where an attribute comes from: `{ amount: 'value', city: 'visitor.traits.city' }`. Default: the property of its name. */
  attributes?: Readonly<Record<string, string>>;
  /**
   * The attribute with `isUniqueKeyField`, which gets the event's id; default `event_id`. With it repeats are ignored, if
   * the webhook was made with `uniquenessCheckEnabled`. Without that: false.
   */
  uniqueAttribute?: string | false;
  /** A token for the header `X-CAP-API-OAUTH-TOKEN`; secret. It lives an hour at most: better `headers` as a function. */
  token?: string;
}

const MAX_ATTRIBUTES = 20; // C-SET

/**
 * Capillary's behavioural events, posted to a webhook. Nothing is fixed there but `event_name` and `eventDateTime`:
 * each attribute has to be defined at Capillary, published, and listed here. Our own names win over attributes.
 * Facts: docs.capillarytech.com, reference (C-REF) and set-up (C-SET).
 * @throws TypeError when an option is wrong.
 */
export function capillary(options: CapillaryOptions = {} as CapillaryOptions): Destination {
  const { endpoint, events, attributes = {}, uniqueAttribute = 'event_id' } = options;
  const { token, customer = { name: 'customer_id', from: 'userId' } } = options;
  check('capillary({ endpoint })', endpoint, 'the address of your own proxy; or use relay()');
  const isDeclared =
    events &&
    Object.entries(events).every(([name, list]) => name === toCapillaryName(name) && list.length <= MAX_ATTRIBUTES);
  check('capillary({ events })', isDeclared, "like { event_name: ['attribute'] }, 20 attributes at most");
  const findName = (name: string): string | undefined => {
    const sought = toCapillaryName(name).toLowerCase();
    return Object.keys(events).find((declared) => declared.toLowerCase() === sought);
  };

  return createDestination(
    {
      name: 'capillary',
      maxEvents: 1, // C-REF
      maxBytes: 1_000_000, // Undocumented; far above any event.
      deduplicates: uniqueAttribute !== false,

      accepts(event) {
        if (!isAction(event.type)) return 'not-applicable';
        if (!findName(event.name)) return { refused: `not declared: ${toCapillaryName(event.name)}` };
        return event.visitor[customer.from] ? 'ready' : 'needs-identity';
      },

      toRequest(batch, { now }) {
        const event = batch[0] as TrackletEvent;
        const name = findName(event.name) ?? '';
        const values = events[name]?.map((attribute) => [
          attribute,
          toScalar(readPath(event, attributes[attribute] ?? `properties.${attribute}`)),
        ]);
        const body = {
          ...Object.fromEntries(values ?? []),
          ...(uniqueAttribute && { [uniqueAttribute]: event.id }),
          [customer.name]: event.visitor[customer.from],
          event_name: name,
          eventDateTime: timeOf(event, now).toISOString().slice(0, 19),
        };
        return post(endpoint, body, token && { 'X-CAP-API-OAUTH-TOKEN': token });
      },

      /** 1100 says that the event is queued; what comes of it is in Capillary's own log only (C-REF). */
      judge(response) {
        const { kind, reason } = judgeStatus(response);
        // A proxy may keep the answer to itself; only a code that says otherwise is a refusal.
        const isRefused = kind === 'delivered' && /"code"(?!\D*1100)/.test(response.body);
        return { kind: isRefused ? 'split' : kind, reason };
      },
    },
    options,
    // The webhook's address alone lets anybody post to it.
    [...(token ? ['token'] : []), ...(/^https?:.*\/webhooks\//.test(endpoint) ? ['endpoint'] : [])],
  );
}

const toCapillaryName = (name: string): string => toWireName(name, /[^A-Za-z\d]+/g);

/** `visitor.traits.city` of an event. */
const readPath = (event: TrackletEvent, path: string): unknown =>
  path.split('.').reduce<unknown>((at, key) => (at as { [key: string]: unknown } | null | undefined)?.[key], event);

/** Attributes are numbers (`double`) or texts. */
const toScalar = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value ?? undefined);
