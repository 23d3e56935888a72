import { randomUUID } from 'node:crypto';
import { demoCredentials, demoEntryKeys } from './demo-credentials.js';
import { type Problem, schemaCheck } from './json-schema.js';
import { parseJson } from './read-body.js';
import type { StandIn } from './stand-in.js';
import { type ServerOptions, startStandIn } from './start-stand-in.js';
import {
  type Answer,
  type Call,
  isRecord,
  jsonAnswer,
  mediaType,
  refused,
  soleHeader,
  strings,
  type VendorRules,
  type Verdict,
  valueAt,
} from './vendor-rules.js';

export interface EmbeddablesOptions extends ServerOptions {
  readonly projectId?: string;
  readonly embeddableId?: string;
  /** The restricted key. */
  readonly apiKey?: string;
  /** Keys of the embeddable's User Data under which every value is known. Default: demoEntryKeys. */
  readonly entryKeys?: readonly string[];
  /** Replaces entryKeys: the values known under each key. */
  readonly entries?: Readonly<Record<string, readonly (string | number)[]>>;
}

interface EmbeddablesEvent {
  readonly embeddable_id: string;
  readonly timestamp: string;
  readonly custom_event_name: string;
  readonly custom_event_props: string;
  readonly identifiers: readonly [{ readonly key: string; readonly value: string }];
}

const text = { type: 'string', minLength: 1 };

/** SEED. Lengths and ages are UNKNOWN: none are checked. */
const checkBody = schemaCheck({
  type: 'object',
  additionalProperties: false,
  required: ['embeddable_id', 'timestamp', 'custom_event_name', 'custom_event_props', 'identifiers'],
  properties: {
    embeddable_id: text,
    timestamp: { type: 'string', format: 'date-time' },
    // snake_case; whether it may start with a digit is not said. Refused here, as many a name may not.
    custom_event_name: { type: 'string', pattern: '^[a-z][a-z0-9]*(_[a-z0-9]+)*$' },
    custom_event_props: { type: 'string' },
    identifiers: {
      type: 'array',
      // Exactly one, for now (SEED).
      minItems: 1,
      maxItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['key', 'value'],
        properties: { key: text, value: text },
      },
    },
  },
});

/** Reports know numbers in one group and texts in the other (E-AN); anything else is refused here, as it is lost there. */
const checkProps = schemaCheck({
  type: 'object',
  properties: {
    payload_metrics: { type: 'object', additionalProperties: { type: 'number' } },
    payload_dimensions: { type: 'object', additionalProperties: { type: 'string' } },
  },
});

/** What is wrong with the body of an event. */
export function embeddablesProblem(json: unknown): Problem | undefined {
  const problem = checkBody(json);
  if (problem) return problem;
  const pointer = '/custom_event_props';
  const props = parseJson((json as EmbeddablesEvent).custom_event_props);
  if (!isRecord(props)) return { pointer, message: 'custom_event_props must be an object in JSON text' };
  const wrong = checkProps(props);
  return wrong && { pointer: pointer + wrong.pointer, message: wrong.message };
}

export function startEmbeddables(options: EmbeddablesOptions = {}): Promise<StandIn> {
  return startStandIn(embeddablesRules(options), options);
}

function embeddablesRules(options: EmbeddablesOptions): VendorRules {
  const { projectId, embeddableId, apiKey } = { ...demoCredentials.embeddables, ...options };
  const entryKeys = options.entryKeys ?? demoEntryKeys;

  function judge({ method, path, headers, json }: Call): Verdict {
    const project = /^\/projects\/([^/]+)\/events$/.exec(path)?.[1];
    if (project === undefined) return refused(embeddablesError(404, 'NOT_FOUND', 'no such path'), 'no such path');
    if (method !== 'POST') return refused(embeddablesError(405, 'METHOD_NOT_ALLOWED', method), 'not POST');
    // A restricted key opens its own project only.
    if (soleHeader(headers, 'x-api-key') !== apiKey || project !== projectId) {
      return refused(unauthorised(path), 'no valid X-Api-Key for this project');
    }
    // The statuses for bad input are UNKNOWN: 400.
    if (mediaType(headers) !== 'application/json')
      return invalid({ pointer: '', message: 'Content-Type must be application/json' });
    if (json === undefined) return invalid({ pointer: '', message: 'the body is not JSON' });
    const problem = embeddablesProblem(json);
    if (problem) return invalid(problem);
    const event = json as EmbeddablesEvent;
    const [identifier] = event.identifiers;
    // An entry is looked for among those of the embeddable; also a value without its inner quotes ends here (E-HOW).
    if (event.embeddable_id !== embeddableId || !isKnown(identifier.key, parseJson(identifier.value))) {
      const body = { error: { code: 'ENTRY_NOT_FOUND', message: 'no entry for this identifier' }, entryId: null };
      return refused(jsonAnswer(404, body), `ENTRY_NOT_FOUND ${identifier.key}=${identifier.value}`);
    }
    return {
      answer: jsonAnswer(200, stored(event, projectId)),
      accepted: [{ id: idOf(event), name: event.custom_event_name, body: event }],
      repeats: [],
    };
  }

  function isKnown(key: string, value: unknown): boolean {
    if (typeof value !== 'number' && (typeof value !== 'string' || value === '')) return false;
    if (!options.entries) return entryKeys.includes(key);
    return Object.hasOwn(options.entries, key) && options.entries[key]?.includes(value) === true;
  }

  return {
    name: 'embeddables',
    maxBodyBytes: 5_000_000, // UNKNOWN; only so that memory stays bounded
    judge,
    idsOf: (json) => strings([idOf(json)]),
    refusal(status, message, path) {
      return status === 401 ? unauthorised(path) : embeddablesError(status, `HTTP_${status}`, message);
    },
    forget() {
      // Nothing is remembered: there is no deduplication.
    },
  };
}

function idOf(event: unknown): string | undefined {
  const props = valueAt(event, 'custom_event_props');
  const id = typeof props === 'string' ? valueAt(parseJson(props), 'event_id') : undefined;
  return typeof id === 'string' ? id : undefined;
}

/** The event as the vendor gives it back (SEED), its time without the milliseconds (vendors.md 3.10, 3). */
function stored(event: EmbeddablesEvent, projectId: string): object {
  return {
    entry_id: `entry_${randomUUID()}`,
    contact_id: null,
    project_id: projectId,
    group_id: null,
    embeddable_id: event.embeddable_id,
    timestamp: `${new Date(event.timestamp).toISOString().slice(0, 19)}Z`,
    event_type: 'custom_event:triggered',
    custom_event_name: event.custom_event_name,
    custom_event_props: event.custom_event_props,
  };
}

function unauthorised(path: string): Answer {
  const projectId = path.split('/')[2] ?? '';
  return jsonAnswer(401, { error: { code: 'UNAUTHORIZED', message: 'the key is not valid' }, projectId });
}

// Codes other than ENTRY_NOT_FOUND are UNKNOWN: made up in its style.
function embeddablesError(status: number, code: string, message: string): Answer {
  return jsonAnswer(status, { error: { code, message } });
}

function invalid({ pointer, message }: Problem): Verdict {
  return refused(embeddablesError(400, 'INVALID_REQUEST', `${pointer} ${message}`), `${pointer} ${message}`);
}
