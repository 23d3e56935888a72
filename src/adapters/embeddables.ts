import type { TrackletEvent } from '../event/event.js';
import { acceptanceOf } from './acceptance.js';
import type { Destination, DestinationOptions } from './adapter.js';
import { check, GIVEN } from './check.js';
import { createDestination } from './destination.js';
import type { Exact } from './exact.js';
import { judgeStatus } from './judge-status.js';
import { propertiesOf, timeOf } from './neutral-event.js';
import { post } from './post.js';
import { toWireName } from './wire-name.js';

/** How a visitor is found among the entries of the embeddable. */
export interface EmbeddablesIdentifier {
  /** Key of the embeddable's User Data, such as `email`. */
  readonly key: string;
  /** What of the visitor is stored there. */
  readonly from: 'email' | 'phone' | 'userId' | 'anonymousId' | 'accountId';
}

/** What of an event is open to the site; name and time come from the event itself. */
export interface EmbeddablesFields {
  /** `flow_…`, for a site with several. */
  readonly embeddable_id: string;
  /** Embeddables takes one: the first with a key and a value is sent. Without any the event is held. */
  readonly identifiers: readonly { readonly key: string; readonly value?: string | number | undefined }[];
  /** Any object is taken, but reports like numbers and texts in two groups (E-AN). `event_id` is added. */
  readonly custom_event_props: Readonly<Record<string, unknown>> & {
    readonly payload_metrics?: Readonly<Record<string, number>>;
    readonly payload_dimensions?: Readonly<Record<string, string>>;
  };
}

export interface EmbeddablesSettings<Mapped extends EmbeddablesFields = EmbeddablesFields> {
  /** `pr_…` */
  projectId: string;
  /** `flow_…` */
  embeddableId: string;
  /** Of these the first that the visitor has is sent; Embeddables takes one. Default `[{ key: 'email', from: 'email' }]`. */
  identify?: readonly EmbeddablesIdentifier[];
  /**
   * Changes the fields of an event: gets those that would be sent, and returns those to send.
   * `map: (fields, { properties }) => ({ ...fields, custom_event_props: properties })`. Asked twice for each event.
   */
  map?: (fields: EmbeddablesFields, event: TrackletEvent) => Exact<Mapped, EmbeddablesFields>;
}

export interface EmbeddablesOptions<Mapped extends EmbeddablesFields = EmbeddablesFields>
  extends EmbeddablesSettings<Mapped>,
    DestinationOptions {
  /** The site's own proxy, which adds the secret: `/proxy/embeddables` for a request to `/proxy/embeddables/projects/…`. */
  endpoint: string;
}

/** An entry may appear a little after its event: the tries come 1, 2, 3 and 4 minutes after each other. */
const LONGEST_WAIT_MS = 240_000;
/** All waits together, counted from the event, so that several events of a visitor without an entry wait at once. */
const ENTRY_PATIENCE_MS = 600_000;
/** An event older than that, such as one held until `identify()`, has one more try, for its entry may be as new as that. */
const LAST_WAIT_MS = 10_000;

/**
 * Embeddables custom events, each attached to the entry that the visitor filled in; events wait for an identity.
 * Names become snake_case. The site's properties win over ours, except `event_id`.
 * Facts: docs.embeddables.com (E-HOW, E-AN, E-API).
 * @throws TypeError when an option is wrong, or nothing would add the secret key.
 */
export function embeddables<Mapped extends EmbeddablesFields>(
  options: EmbeddablesOptions<Mapped> = {} as EmbeddablesOptions<Mapped>,
): Destination {
  const { projectId, embeddableId, map = (fields) => fields, endpoint }: EmbeddablesOptions = options;
  const { identify = [{ key: 'email', from: 'email' }] } = options;
  const isGiven = projectId && embeddableId && endpoint;
  check('embeddables({ projectId, embeddableId, endpoint })', isGiven, GIVEN);

  const toFields = (event: TrackletEvent): EmbeddablesFields => ({
    embeddable_id: embeddableId,
    identifiers: identify.map(({ key, from }) => ({ key, value: event.visitor[from] })),
    custom_event_props: toProps(event),
  });

  /** Undefined when there is nothing by which an entry could be found. */
  const toBody = (event: TrackletEvent, now: number): object | undefined => {
    const name = toSnakeName(event.name);
    if (!name) throw 'empty name';
    const { embeddable_id, identifiers, custom_event_props } = map(toFields(event), event);
    if (!embeddable_id) throw 'no embeddable_id';
    const found = identifiers.find(({ key, value }) => key && !/^(""|null|undefined)$/.test(JSON.stringify(value)));
    return (
      found && {
        embeddable_id,
        timestamp: timeOf(event, now),
        custom_event_name: name,
        custom_event_props: JSON.stringify({ ...custom_event_props, event_id: event.id }, finite),
        // Values are JSON inside a text; without the inner quotes the entry is not found (E-HOW).
        identifiers: [{ key: found.key, value: JSON.stringify(found.value) }],
      }
    );
  };

  return createDestination(
    {
      name: 'embeddables',
      maxEvents: 1, // SEED
      maxBytes: 1_000_000, // Undocumented; far above any event.
      deduplicates: false,
      wireName: toSnakeName,
      accepts: (event, now) => acceptanceOf(event.type, () => toBody(event, now)),
      toRequest: ([event], { now }) =>
        post(`${endpoint}/projects/${projectId}/events`, toBody(event as TrackletEvent, now)),

      judge(response, events, { attempt, now }) {
        const { kind, reason } = judgeStatus(response);
        // Any other 404 is a wrong address. That, and what else is about the request and not the event (405, 410, 415 …),
        // pauses though Embeddables documents none of it: a pause loses nothing.
        if (response.status !== 404 || !/ENTRY_NOT_FOUND|"entryId"/.test(response.body)) return { kind, reason };
        const { id, time } = events[0] as TrackletEvent;
        const isOld = now - time >= ENTRY_PATIENCE_MS;
        return isOld && attempt > 1
          ? { kind: 'drop', ids: [id], reason }
          : { kind: 'retry', reason, afterMs: isOld ? LAST_WAIT_MS : Math.min(attempt * 60_000, LONGEST_WAIT_MS) };
      },
    },
    options,
  );
}

/** `HTTPError2` → `http_error2`; `2FA` → `e_2_fa`, as names in most languages begin with a letter. */
const toSnakeName = (name: string): string =>
  toWireName(name.replace(/[a-z\d](?=[A-Z])|[A-Z](?=[A-Z][a-z])/g, '$&_'), /[^A-Za-z\d]+/g)
    .toLowerCase()
    .replace(/^\d/, 'e_$&');

/** What is no number in JSON is left out, so that it is no null among numbers. */
const finite = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? undefined : value;

/** Numbers are metrics, all else is text (E-AN). */
function toProps(event: TrackletEvent): EmbeddablesFields['custom_event_props'] {
  const { value, currency } = event;
  const metrics: [string, number][] = [];
  const dimensions: [string, string][] = [];
  for (const [key, item] of Object.entries({ value, currency, ...propertiesOf(event) })) {
    if (typeof item === 'number') metrics.push([key, item]);
    else if (item != null) dimensions.push([key, typeof item === 'string' ? item : JSON.stringify(item)]);
  }
  return { payload_metrics: Object.fromEntries(metrics), payload_dimensions: Object.fromEntries(dimensions) };
}
