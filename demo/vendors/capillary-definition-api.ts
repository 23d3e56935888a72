import { createHash } from 'node:crypto';
import { definitionProblem } from './capillary-definition-schema.js';
import { type DeclaredAttribute, type DeclaredEvents, MAX_EVENTS } from './capillary-definitions.js';
import { type Answer, type Call, isRecord, jsonAnswer, mediaType, valueAt } from './vendor-rules.js';

export const DEFINITION_PATH = '/v2/events';

export interface DefinitionApi {
  /** The answer, and why it is a refusal. */
  answer(call: Call): { readonly answer: Answer; readonly reason?: string };
  forget(): void;
}

/**
 * Create Event (SEED), and the two ways to read what there is (C-REF get-org-all-events, get-events-meta): types come
 * back in upper case, and attributes that nobody gave with their defaults. The HTTP status of a refusal is UNKNOWN.
 */
export function createDefinitionApi(declared: DeclaredEvents, refusalStatus: 200 | 400): DefinitionApi {
  const published = Object.entries(declared).map(([name, attributes]) => publishedMeta(name, attributes));
  let drafts: Meta[] = [];
  const find = (name: unknown) => [...published, ...drafts].find(({ eventName }) => eventName === name);

  const refuse = (code: number, message: string) => ({
    answer: jsonAnswer(refusalStatus, { warnings: [], errors: [{ code, message }] }),
    reason: `${refusalStatus} ${code} ${message}`,
  });

  function create(call: Call) {
    if (mediaType(call.headers) !== 'application/json') return refuse(400, 'Content-Type must be application/json');
    const problem = definitionProblem(call.json);
    if (problem) return refuse(codeOf(problem.pointer), `${problem.pointer} ${problem.message}`);
    const name = String(valueAt(call.json, 'eventName'));
    if (find(name)) return refuse(1806, `${name} event already exists`);
    // Whether drafts count is UNKNOWN: they do here. So is the code.
    if (published.length + drafts.length >= MAX_EVENTS) return refuse(400, `more than ${MAX_EVENTS} events (C-SET)`);
    drafts.push(metaOf(call.json, { status: 'UNPUBLISHED', testStatus: 'NOT_VERIFIED', date: call.at }));
    return { answer: jsonAnswer(200, { warnings: [], errors: [] }) };
  }

  return {
    answer(call) {
      if (call.path === DEFINITION_PATH && call.method === 'POST') return create(call);
      if (call.method !== 'GET') return notThere(405, 'method not allowed');
      if (call.path === DEFINITION_PATH) {
        return {
          answer: jsonAnswer(200, { data: [...published, ...drafts].map(withMappings), warnings: [], errors: [] }),
        };
      }
      const found = find(call.query.get('event_name'));
      // What is answered for an event that is not there is UNKNOWN.
      return found
        ? { answer: jsonAnswer(200, { ...withMappings(found), warnings: [] }) }
        : notThere(404, 'no such event');
    },
    forget() {
      drafts = [];
    },
  };
}

const notThere = (status: number, reason: string) => ({
  answer: jsonAnswer(status, { warnings: [], errors: [{ code: status, message: reason }] }),
  reason: `${status} ${reason}`,
});

/** The codes of SEED by what they are about; what has no code there is refused with a bare 400. */
function codeOf(pointer: string): number {
  if (pointer === '/eventName') return 1811;
  if (pointer.startsWith('/actions')) return 1810;
  if (pointer.endsWith('/type')) return 1823;
  return pointer.includes('/attributes') ? 1802 : 400;
}

interface Meta {
  readonly eventName: unknown;
  readonly [part: string]: unknown;
}

const withMappings = (clickEventsMeta: Meta) => ({
  clickEventsMeta,
  transformerMappings: { defaultTransformerMapping: null, webEngageTransformerMapping: null },
});

function metaOf(definition: unknown, state: object): Meta {
  const fields = valueAt(definition, 'fields');
  const eventName = valueAt(definition, 'eventName');
  return {
    eventId: createHash('md5').update(String(eventName)).digest('hex'),
    eventName,
    actions: valueAt(definition, 'actions'),
    fields: (Array.isArray(fields) ? fields : []).map(filledIn),
    orgId: 100_001,
    ...state,
    ...(valueAt(definition, 'description') === undefined ? {} : { description: valueAt(definition, 'description') }),
    standardEvent: false,
  };
}

function filledIn(field: unknown) {
  const type = String(valueAt(field, 'type'));
  const given = valueAt(field, 'attributes');
  const no = { value: 'false', valueType: 'BOOLEAN' };
  const defaults =
    type === 'customer'
      ? {
          accountId: { valueType: 'ENUM' },
          addCustomerIfNotExists: no,
          identifierType: { value: 'mobile', valueType: 'ENUM' },
        }
      : { isUniqueKeyField: no, isPsiData: no };
  const isRequired = { value: 'true', valueType: 'BOOLEAN' };
  return {
    name: valueAt(field, 'name'),
    type: type.toUpperCase(),
    attributes: { ...defaults, isRequired, ...(isRecord(given) ? given : {}) },
  };
}

function publishedMeta(eventName: string, attributes: Readonly<Record<string, DeclaredAttribute>>): Meta {
  const flag = (value: boolean | undefined) => ({ valueType: 'BOOLEAN', value: String(value ?? false) });
  const fields = Object.entries(attributes).map(([name, { type, identifierType, required, unique }]) => ({
    name,
    type,
    attributes: {
      isRequired: flag(required),
      ...(type === 'customer'
        ? { identifierType: { valueType: 'ENUM', value: identifierType ?? 'mobile' } }
        : { isUniqueKeyField: flag(unique) }),
    },
  }));
  const definition = { eventName, actions: ['EMFConsumer'], fields };
  return metaOf(definition, { status: 'PUBLISHED', testStatus: 'VERIFIED', date: 0 });
}
