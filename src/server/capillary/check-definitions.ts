import { toWireName } from '../../adapters/wire-name.js';
import { isRecord, quote, strayKeys } from '../read-json.js';
import { checkField } from './check-field.js';
import { ACTIONS, type DefinitionProblem } from './definition.js';

/** What a problem says beside where it is. */
export type Finding = Omit<DefinitionProblem, 'path' | 'event'>;
/** Notes a problem at a path below the definition, like `.fields[0].type`. */
export type Note = (path: string, finding: Finding) => void;

const KEYS = ['eventName', 'actions', 'description', 'fields'];
const MAX_FIELDS = 20; // C-SET

/**
 * Every rule that these definitions break, in their order. Pure; anything may be given. Empty: Capillary's documentation
 * names no reason to refuse them. Facts: docs.capillarytech.com, reference (C-REF), set-up (C-SET), and the older
 * documentation of the same API on GitHub (C-OLD).
 */
export function checkDefinitions(definitions: unknown): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  if (!Array.isArray(definitions) || definitions.length === 0) {
    const rule = 'definitions are a list with at least one event';
    return [{ path: '', event: '', rule, fix: 'put the definition in [ ]' }];
  }
  const names = new Set<unknown>();
  for (const [index, definition] of (definitions as readonly unknown[]).entries()) {
    const event = isRecord(definition) && typeof definition.eventName === 'string' ? definition.eventName : '';
    const note: Note = (path, finding) => problems.push({ path: `[${index}]${path}`, event, ...finding });
    if (!isRecord(definition)) {
      note('', { rule: 'a definition is an object', fix: 'like { "eventName": "plan_chosen", … }' });
      continue;
    }
    checkDefinition(definition, note);
    if (event && names.has(event)) {
      note('.eventName', { code: 1806, rule: 'an event is defined once', fix: 'remove or rename one of the two' });
    }
    names.add(event);
  }
  return problems;
}

function checkDefinition(definition: { readonly [key: string]: unknown }, note: Note): void {
  const { eventName, actions, description, fields } = definition;
  for (const key of strayKeys(definition, KEYS)) {
    note(`.${key}`, { rule: 'Create Event does not know it', fix: `the parts are ${KEYS.join(', ')}` });
  }
  if (typeof eventName !== 'string' || !/^[A-Za-z0-9_]+$/.test(eventName)) {
    const wire = toWireName(String(eventName ?? ''), /[^A-Za-z\d]+/g) || 'plan_chosen';
    note('.eventName', {
      code: 1811,
      rule: 'a name is letters, digits and _',
      fix: `write "${wire}" instead of ${quote(eventName)}`,
    });
  }
  if (!Array.isArray(actions) || actions.length === 0 || !actions.every(isAction)) {
    note('.actions', {
      code: 1810,
      rule: `actions are ${ACTIONS.join(' or ')}, or both`,
      fix: `write ["${ACTIONS[0]}"] instead of ${quote(actions)}`,
    });
  } else if (new Set(actions).size < actions.length) {
    note('.actions', { code: 1810, rule: 'each action is named once', fix: 'remove the repetition' });
  }
  if (description !== undefined && typeof description !== 'string') {
    note('.description', { rule: 'a description is text', fix: `write text instead of ${quote(description)}` });
  }
  checkFields(fields, note);
}

function checkFields(fields: unknown, note: Note): void {
  const list: readonly unknown[] = Array.isArray(fields) ? fields : [];
  if (fields !== undefined && !Array.isArray(fields)) {
    return void note('.fields', { rule: 'fields are a list', fix: `write [ … ] instead of ${quote(fields)}` });
  }
  if (list.length > MAX_FIELDS) {
    note('.fields', { rule: `at most ${MAX_FIELDS} fields`, fix: `leave out ${list.length - MAX_FIELDS}` });
  }
  if (!list.some((field) => isRecord(field) && field.type === 'customer')) {
    // Anonymous occurrences are not taken (C-SET).
    note('.fields', { rule: 'one field is the customer', fix: 'add { "name": "customer_id", "type": "customer", … }' });
  }
  const names = new Set<unknown>();
  for (const [index, field] of list.entries()) {
    const path = `.fields[${index}]`;
    if (!isRecord(field)) {
      note(path, { rule: 'a field is an object', fix: `write { … } instead of ${quote(field)}` });
      continue;
    }
    checkField(field, path, note);
    if (typeof field.name === 'string' && names.has(field.name)) {
      note(`${path}.name`, {
        field: field.name,
        rule: 'a field is named once',
        fix: 'remove or rename one of the two',
      });
    }
    names.add(field.name);
  }
}

const isAction = (action: unknown): boolean => (ACTIONS as readonly unknown[]).includes(action);
