import type { EventVisitor, TrackletEvent } from '../event/event.js';
import type { Destination, DestinationOptions } from './adapter.js';
import { check, GIVEN } from './check.js';
import { createDestination } from './destination.js';
import { judgeStatus } from './judge-status.js';
import { isAction, propertiesOf, timeOf } from './neutral-event.js';
import { post } from './post.js';
import { toWireName } from './wire-name.js';

/** How a visitor is found among the entries of the embeddable. */
export interface EmbeddablesIdentifier {
  /** Key of the embeddable's User Data, such as `email`. */
  readonly key: string;
  /** What of the visitor is stored there. */
  readonly from: 'email' | 'phone' | 'userId' | 'anonymousId';
}

export interface EmbeddablesOptions extends DestinationOptions {
  /** `pr_…` */
  projectId: string;
  /** `flow_…` */
  embeddableId: string;
  /** A restricted key, `rk_…`; secret, so on a server only. */
  apiKey?: string;
  /** Of these the first that the visitor has is sent; Embeddables takes one. Default `[{ key: 'email', from: 'email' }]`. */
  identify?: readonly EmbeddablesIdentifier[];
}

/** An entry may appear a little after its event: it has about ten minutes of the lane's own back-off. */
const ENTRY_TRIES = 9;

/**
 * Embeddables custom events, each attached to the entry that the visitor filled in; events wait for an identity.
 * Names become snake_case. The site's properties win over ours, except `event_id`.
 * Facts: docs.embeddables.com (E-HOW, E-AN, E-API).
 * @throws TypeError when an option is wrong, or nothing would add the secret key.
 */
export function embeddables(options: EmbeddablesOptions = {} as EmbeddablesOptions): Destination {
  const { projectId, embeddableId, apiKey, endpoint = 'https://api.embeddables.com' } = options;
  const { identify = [{ key: 'email', from: 'email' }] } = options;
  const isGiven = projectId && embeddableId && (apiKey || options.endpoint || options.headers);
  check('embeddables({ projectId, embeddableId, apiKey })', isGiven, GIVEN);

  return createDestination(
    {
      name: 'embeddables',
      maxEvents: 1, // SEED
      maxBytes: 1_000_000, // Undocumented; far above any event.
      deduplicates: false,

      accepts(event) {
        if (!isAction(event.type)) return 'not-applicable';
        if (!toSnakeName(event.name)) return { refused: 'empty name' };
        return toIdentifiers(event.visitor, identify).length ? 'ready' : 'needs-identity';
      },

      toRequest(events, { now }) {
        const event = events[0] as TrackletEvent;
        const body = {
          embeddable_id: embeddableId,
          timestamp: timeOf(event, now),
          custom_event_name: toSnakeName(event.name),
          custom_event_props: JSON.stringify(toProps(event)),
          identifiers: toIdentifiers(event.visitor, identify),
        };
        return post(`${endpoint}/projects/${projectId}/events`, body, apiKey && { 'X-Api-Key': apiKey });
      },

      judge(response, _events, { attempt }) {
        const { kind, reason } = judgeStatus(response);
        if (kind !== 'pause' || !response.body.includes('ENTRY_NOT_FOUND')) return { kind, reason };
        return { kind: attempt > ENTRY_TRIES ? 'split' : 'retry', reason };
      },
    },
    options,
    apiKey ? ['apiKey'] : [],
  );
}

/** `HTTPError2` → `http_error2`. */
const toSnakeName = (name: string): string =>
  toWireName(name.replace(/[a-z\d](?=[A-Z])|[A-Z](?=[A-Z][a-z])/g, '$&_'), /[^A-Za-z\d]+/g).toLowerCase();

/** Values are JSON inside a text; without the inner quotes the entry is not found (E-HOW). */
const toIdentifiers = (visitor: EventVisitor, identify: readonly EmbeddablesIdentifier[]): object[] =>
  identify.flatMap(({ key, from }) => (visitor[from] ? { key, value: JSON.stringify(visitor[from]) } : [])).slice(0, 1);

/** Reports like numbers and the rest in two groups (E-AN). */
function toProps(event: TrackletEvent): object {
  const { id, value, currency } = event;
  const properties = Object.entries({ value, currency, ...propertiesOf(event) });
  return {
    event_id: id,
    payload_metrics: Object.fromEntries(properties.filter(([, item]) => typeof item === 'number')),
    payload_dimensions: Object.fromEntries(properties.filter(([, item]) => typeof item !== 'number')),
  };
}
