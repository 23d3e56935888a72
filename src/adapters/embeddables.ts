import type { EventVisitor, JsonObject, TrackletEvent } from '../event/event.js';
import type { Destination, DestinationOptions } from './adapter.js';
import { checkOptions, isRecord, isText } from './check-options.js';
import { cleanProperties, type PropertySource } from './clean-properties.js';
import { checkRoute, createDestination, joinUrl } from './destination.js';
import { blame, judgeStatus, readJson } from './judge-status.js';
import { firstOf, isAction, isoTime, pageProperties } from './neutral-event.js';
import { toWireName } from './wire-name.js';

/** How a visitor is found among the entries of the embeddable. */
export interface EmbeddablesIdentifier {
  /** Key of the embeddable's User Data, such as `email`. */
  readonly key: string;
  /** What of the visitor is stored there. */
  readonly from: (typeof IDENTITIES)[number];
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
  /**
   * `grouped` (default): numbers in `payload_metrics`, texts and booleans in `payload_dimensions`, as Embeddables'
   * reports like them (E-AN). `flat`: as the site gave them.
   */
  props?: 'grouped' | 'flat';
}

const IDENTITIES = ['email', 'phone', 'userId', 'anonymousId'] as const;
/** An entry may appear a little after its event: three more tries over ten minutes, then it never existed. */
const ENTRY_RETRIES = 3;
const ENTRY_RETRY_AFTER_MS = 200_000;
/** None is published. */
const NO_LIMITS = { maxKeys: Infinity };

/**
 * Embeddables custom events, each attached to the entry that the visitor filled in; events wait for an identity.
 * Names become snake_case. The site's properties win over ours, except `event_id`.
 * Facts: docs.embeddables.com (E-HOW, E-AN, E-API).
 * @throws TypeError when an option is wrong, or nothing would add the secret key.
 */
export function embeddables(options: EmbeddablesOptions): Destination {
  const check = checkOptions('embeddables', options);
  const { projectId, embeddableId, apiKey, props = 'grouped', endpoint = 'https://api.embeddables.com' } = options;
  const { identify = [{ key: 'email', from: 'email' }] } = options;
  check('projectId', isText(projectId), "the project's id, such as 'pr_123'");
  check('embeddableId', isText(embeddableId), "the embeddable's id, such as 'flow_123'");
  check('identify', isIdentifierList(identify), `a list of { key, from }, from one of ${IDENTITIES.join(', ')}`);
  check('props', props === 'grouped' || props === 'flat', "'grouped' or 'flat'");
  checkRoute(check, options);
  const url = joinUrl(endpoint, `/projects/${encodeURIComponent(projectId)}/events`);
  const headers = { 'Content-Type': 'application/json', ...(apiKey && { 'X-Api-Key': apiKey }) };

  return createDestination(
    {
      name: 'embeddables',
      maxEvents: 1, // SEED
      maxBytes: 1_000_000, // Undocumented; far above any event.
      deduplicates: false,

      accepts(event) {
        if (!isAction(event)) return 'not-applicable';
        if (!toSnakeName(event.name)) return { refused: 'no letter or digit is left of the name: use `rename`' };
        return toIdentifiers(identify, event.visitor).length ? 'ready' : 'needs-identity';
      },

      toRequest(events, { now }) {
        const event = firstOf(events);
        const body = {
          embeddable_id: embeddableId,
          timestamp: isoTime(event, now),
          custom_event_name: toSnakeName(event.name),
          custom_event_props: JSON.stringify(toProps(event, props)),
          identifiers: toIdentifiers(identify, event.visitor),
        };
        return { url, method: 'POST', headers, body: JSON.stringify(body) };
      },

      judge(response, events, { attempt }) {
        const verdict = judgeStatus(response);
        if (response.status !== 404 || verdict.kind !== 'pause') return verdict;
        if (readJson(response.body, 'error', 'code') !== 'ENTRY_NOT_FOUND') return verdict;
        const { reason } = verdict;
        if (attempt > ENTRY_RETRIES) return blame(events, [0], reason);
        return { kind: 'retry', reason, afterMs: ENTRY_RETRY_AFTER_MS };
      },
    },
    options,
  );
}

function isIdentifierList(list: unknown): boolean {
  const isIdentifier = (item: unknown) =>
    isRecord(item) && isText(item.key) && IDENTITIES.some((identity) => identity === item.from);
  return Array.isArray(list) && list.length > 0 && list.every(isIdentifier);
}

/** Values are JSON inside a text; without the inner quotes the entry is not found (E-HOW). */
const toIdentifiers = (identify: readonly EmbeddablesIdentifier[], visitor: EventVisitor): object[] =>
  identify
    .filter(({ from }) => visitor[from])
    .slice(0, 1)
    .map(({ key, from }) => ({ key, value: JSON.stringify(visitor[from]) }));

/** `HTTPError2` → `http_error2`. */
function toSnakeName(name: string): string {
  const words = name.replace(/([a-z\d])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$2_');
  return toWireName(words, /[^A-Za-z\d]+/g)
    .toLowerCase()
    .replace(/^(?=\d)/, 'e_');
}

function toProps(event: TrackletEvent, props: 'grouped' | 'flat'): JsonObject {
  const { id, properties, value, currency, visitor } = event;
  const own = cleanProperties([properties, { value, currency }], NO_LIMITS);
  const sources = props === 'flat' ? [own] : group(own);
  return cleanProperties([{ event_id: id }, ...sources, pageProperties(event), { traits: visitor.traits }], NO_LIMITS);
}

/** Objects and lists fit neither group and stay where they are. */
function group(properties: JsonObject): PropertySource[] {
  const entries = Object.entries(properties);
  const metrics = entries.filter(([, value]) => typeof value === 'number');
  const nested = entries.filter(([, value]) => typeof value === 'object');
  const dimensions = entries
    .filter((entry) => !metrics.includes(entry) && !nested.includes(entry))
    .map(([key, value]) => [key, String(value)] as const);
  const groups = {
    payload_metrics: metrics.length ? Object.fromEntries(metrics) : undefined,
    payload_dimensions: dimensions.length ? Object.fromEntries(dimensions) : undefined,
  };
  return [groups, Object.fromEntries(nested)];
}
