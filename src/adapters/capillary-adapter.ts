import type { TrackletEvent } from '../event/event.js';
import type { Adapter } from './adapter.js';
import { check } from './check.js';
import { judgeStatus } from './judge-status.js';
import { isAction, timeOf } from './neutral-event.js';
import { post } from './post.js';
import { toWireName } from './wire-name.js';

/** The attribute of Capillary's type `customer`, and what of the visitor its `identifierType` asks for. */
export interface CapillaryCustomer {
  readonly name: string;
  /** `userId` for externalId, `phone` for mobile, `ids.card` for a card's number given as `identify(…, { ids: { card } })`. */
  readonly from: 'userId' | 'email' | 'phone' | `ids.${string}`;
}

/** What was declared of an attribute. */
export interface CapillaryAttribute {
  /** As defined. Default: numbers stay numbers, everything else becomes text. */
  readonly type?: 'double' | 'string' | 'tillCode' | 'couponCode' | 'productSku' | 'productBrand' | 'productCategory';
  /** `isRequired`: an event without it is refused here, with the attribute's name. Default false. */
  readonly required?: boolean;
}

/** A place in the event, or a function of it; undefined leaves the attribute out. */
export type CapillarySource =
  | 'id'
  | 'name'
  | 'value'
  | 'currency'
  | `${'properties' | 'visitor' | 'session' | 'page' | 'context'}.${string}`
  | ((event: TrackletEvent) => unknown);

export interface CapillarySettings {
  /**
   * The events defined at Capillary, each with the attributes to send: `{ plan_chosen: ['plan', 'amount'] }`, or with what
   * was declared of them: `{ plan_chosen: { plan: { required: true }, amount: { type: 'double' } } }`.
   * `Plan Chosen` is found as `Plan_Chosen`, `plan_chosen` or `plan__chosen`. Events not listed are refused.
   */
  events: Readonly<Record<string, readonly string[] | Readonly<Record<string, CapillaryAttribute>>>>;
  /** Default `{ name: 'customer_id', from: 'userId' }`. Without a customer Capillary takes nothing: events wait. */
  customer?: CapillaryCustomer;
  /**
   * Where an attribute comes from: `{ amount: 'value', ref: 'id', till: () => 'web-1' }`. Default: the property of its name,
   * and the event's id for `event_id`.
   * `orgResolver`, which no event defines, is listed and given like an attribute.
   */
  attributes?: Readonly<Record<string, CapillarySource>>;
  /**
   * Says that Capillary ignores repeats: the webhook was made with `uniquenessCheckEnabled`, and every event declares this
   * attribute with `isUniqueKeyField`; it gets the event's id. Default: none, and a repeat counts twice.
   */
  uniqueAttribute?: string;
}

const MAX_ATTRIBUTES = 20; // C-SET
const MAX_NAME_LENGTH = 50; // C-SET

/**
 * The format, for whoever may know the webhook's address.
 * @throws TypeError when an option is wrong.
 */
export function capillaryAdapter(options: CapillarySettings, endpoint: string): Adapter {
  const { events, uniqueAttribute } = options;
  const { customer = { name: 'customer_id', from: 'userId' } } = options;
  const unique = uniqueAttribute || customer.name;
  // Without the prototype, an attribute may be called constructor.
  const sources: Record<string, CapillarySource> = { event_id: 'id', __proto__: null as never, ...options.attributes };
  const find = (name: string): string | undefined => {
    const key = toKey(name);
    return key && Object.keys(events).find((declared) => toKey(declared) === key);
  };
  const attributesOf = (name: string): readonly string[] => {
    const list = events[name] ?? [];
    return Array.isArray(list) ? list : Object.keys(list);
  };
  const isDeclared = (name: string) =>
    !/\W/.test(name) &&
    // Another is found when they differ by case and underscores only.
    find(name) === name &&
    [...new Set([customer.name, unique, ...attributesOf(name)])].every(
      ({ length }, index) => length <= MAX_NAME_LENGTH && index < MAX_ATTRIBUTES,
    );
  check(
    'capillary({ events })',
    events && Object.keys(events).every(isDeclared),
    "like { event_name: ['attribute'] }, letters, digits, _, no two alike, 20 attributes of 50 characters",
  );
  const declarationOf = (name: string, attribute: string): CapillaryAttribute | undefined =>
    (events[name] as Readonly<Record<string, CapillaryAttribute>>)[attribute];
  const valuesOf = (event: TrackletEvent, name: string) =>
    attributesOf(name).map((attribute) => {
      const source = sources[attribute] ?? `properties.${attribute}`;
      try {
        const value = typeof source === 'function' ? source(event) : readPath(event, source);
        return [attribute, toScalar(value, declarationOf(name, attribute)?.type)] as const;
      } catch {
        // The site's own function: what it throws at, or makes that is no JSON, is a value that is not there.
        return [attribute, undefined] as const;
      }
    });
  const customerOf = (event: TrackletEvent) => readPath(event, `visitor.${customer.from}`);

  return {
    name: 'capillary',
    maxEvents: 1, // C-REF
    maxBytes: 1_000_000, // Undocumented; far above any event.
    deduplicates: unique === uniqueAttribute,

    wireName: (name) => find(name) ?? toCapillaryName(name),

    accepts(event) {
      if (!isAction(event.type)) return 'not-applicable';
      const name = find(event.name);
      if (!name) return { refused: `not declared: ${toCapillaryName(event.name)}` };
      // First, because attributes of the visitor may come with the identity.
      if (!customerOf(event)) return 'needs-identity';
      const missing = valuesOf(event, name).find(([key, value]) => value == null && declarationOf(name, key)?.required);
      return missing ? { refused: `required: ${missing[0]}` } : 'ready';
    },

    toRequest(batch, { now }) {
      const event = batch[0] as TrackletEvent;
      const name = find(event.name) as string;
      return post(endpoint, {
        ...Object.fromEntries(valuesOf(event, name)),
        [unique]: event.id,
        // Last of the attributes: where none is unique, it is this one's place.
        [customer.name]: customerOf(event),
        event_name: name,
        eventDateTime: timeOf(event, now).toISOString().slice(0, 19),
      });
    },

    /** 1100 says that the event is queued; what comes of it is in Capillary's own log only (C-REF). */
    judge(response) {
      const { kind, reason } = judgeStatus(response);
      // A proxy may keep the answer to itself; only a code that says otherwise is a refusal.
      const isRefused = kind === 'delivered' && /^(?!.*"code"\D*1100\b).*"code"/s.test(response.body);
      return { kind: isRefused ? 'split' : kind, reason };
    },
  };
}

const toCapillaryName = (name: string): string => toWireName(name, /[^A-Za-z\d]+/g);

/** The same for `Plan Chosen` and for `plan__chosen`, which Capillary's own screen makes of it (C-SET). */
const toKey = (name: string): string => toCapillaryName(name).toLowerCase();

/** `visitor.traits.city` of an event. */
const readPath = (event: TrackletEvent, path: string): unknown =>
  path.split('.').reduce<unknown>((at, key) => (at as { [key: string]: unknown } | null | undefined)?.[key], event);

/** Attributes are numbers (`double`) or texts. What cannot be one is left out. */
function toScalar(value: unknown, type?: CapillaryAttribute['type']): unknown {
  const isText = typeof value === 'string';
  if (type === 'double') {
    const number = isText && value.trim() ? Number(value) : value;
    return Number.isFinite(number) ? number : undefined;
  }
  return isText || (!type && Number.isFinite(value)) ? value : JSON.stringify(value ?? undefined);
}
