import { isRecord, type JsonRecord, quote, readAt, strayKeys } from '../read-json.js';
import type { Note } from './check-definitions.js';
import { FIELD_TYPES, IDENTIFIER_TYPES } from './definition.js';

const KEYS = ['name', 'type', 'attributes'];
const MAX_NAME_LENGTH = 50; // C-SET

/** Occurrences use these keys themselves (C-REF post-event). */
const RESERVED = ['event_name', 'eventDateTime', 'orgResolver'];

interface AttributeRule {
  readonly valueType: 'BOOLEAN' | 'ENUM' | 'STRING';
  /** The field types that have it; absent: all. */
  readonly on?: readonly string[];
}

const ATTRIBUTES: { readonly [name: string]: AttributeRule } = {
  isRequired: { valueType: 'BOOLEAN' },
  isUniqueKeyField: { valueType: 'BOOLEAN' },
  isPsiData: { valueType: 'BOOLEAN' },
  addCustomerIfNotExists: { valueType: 'BOOLEAN', on: ['customer'] },
  identifierType: { valueType: 'ENUM', on: ['customer'] },
  source: { valueType: 'ENUM', on: ['customer'] }, // C-OLD
  accountId: { valueType: 'ENUM', on: ['customer'] }, // C-OLD
  regex: { valueType: 'STRING', on: ['string', 'couponCode'] }, // C-OLD
};

export function checkField(field: JsonRecord, path: string, note: Note): void {
  const { name, type, attributes } = field;
  const about = typeof name === 'string' ? { field: name } : {};
  for (const key of strayKeys(field, KEYS)) {
    note(`${path}.${key}`, { ...about, rule: 'a field does not have it', fix: `its parts are ${KEYS.join(', ')}` });
  }
  if (typeof name !== 'string' || name === '' || name.length > MAX_NAME_LENGTH) {
    const fix = `write one instead of ${quote(name)}`;
    note(`${path}.name`, { ...about, rule: `a name has 1 to ${MAX_NAME_LENGTH} characters`, fix });
  } else if (RESERVED.includes(name)) {
    note(`${path}.name`, { ...about, rule: 'occurrences use this key themselves', fix: 'choose another name' });
  }
  if (!(FIELD_TYPES as readonly unknown[]).includes(type)) {
    const fix = `choose one instead of ${quote(type)}`;
    note(`${path}.type`, { ...about, code: 1823, rule: `the types are ${FIELD_TYPES.join(', ')}`, fix });
  }
  if (attributes === undefined) return;
  if (!isRecord(attributes)) {
    return void note(`${path}.attributes`, {
      ...about,
      rule: 'attributes are an object',
      fix: `write { … } instead of ${quote(attributes)}`,
    });
  }
  for (const [key, attribute] of Object.entries(attributes)) {
    checkAttribute(key, attribute, type, (sub, finding) => note(`${path}.attributes.${key}${sub}`, finding), about);
  }
  if (isTrue(attributes, 'isPsiData') && type === 'customer') {
    const rule = 'the customer cannot be marked as sensitive information';
    note(`${path}.attributes.isPsiData`, { ...about, rule, fix: 'remove it, or mark another field' });
  }
  if (isTrue(attributes, 'isUniqueKeyField') && !isTrue(attributes, 'isRequired')) {
    const fix = 'add "isRequired": { "valueType": "BOOLEAN", "value": "true" }';
    note(`${path}.attributes.isUniqueKeyField`, { ...about, rule: 'a field of the unique key is required', fix });
  }
}

function checkAttribute(
  key: string,
  attribute: unknown,
  type: unknown,
  note: Note,
  about: { readonly field?: string },
): void {
  const rule = Object.hasOwn(ATTRIBUTES, key) ? ATTRIBUTES[key] : undefined;
  if (!rule) {
    const fix = `the attributes are ${Object.keys(ATTRIBUTES).join(', ')}`;
    return void note('', { ...about, rule: 'Create Event does not know this attribute', fix });
  }
  if (rule.on && !rule.on.includes(String(type))) {
    note('', { ...about, rule: `${key} is for fields of type ${rule.on.join(' or ')}`, fix: 'remove it here' });
  }
  if (!isRecord(attribute) || strayKeys(attribute, ['valueType', 'value']).length > 0) {
    const fix = `write { "valueType": "${rule.valueType}", "value": "…" } instead of ${quote(attribute)}`;
    return void note('', { ...about, code: 1802, rule: 'an attribute is a valueType and a value', fix });
  }
  const { valueType, value } = attribute;
  if (typeof valueType !== 'string' || valueType.toUpperCase() !== rule.valueType) {
    const fix = `write "${rule.valueType}" instead of ${quote(valueType)}`;
    note('.valueType', { ...about, code: 1802, rule: `${key} is a ${rule.valueType}`, fix });
  }
  if (typeof value !== 'string' || value === '') {
    const fix = `write ${typeof value === 'boolean' ? `"${value}"` : 'text'} instead of ${quote(value)}`;
    return void note('.value', { ...about, code: 1802, rule: 'a value is text', fix });
  }
  const fix = `choose one instead of ${quote(value)}`;
  if (rule.valueType === 'BOOLEAN' && !/^(true|false)$/.test(value)) {
    note('.value', { ...about, code: 1802, rule: 'the value is "true" or "false"', fix });
  }
  // The case of letters is not documented: samples show mobile and MOBILE.
  if (key === 'identifierType' && !isIdentifierType(value)) {
    note('.value', { ...about, code: 1802, rule: `the identifiers are ${IDENTIFIER_TYPES.join(', ')}`, fix });
  }
}

const isIdentifierType = (value: string): boolean =>
  IDENTIFIER_TYPES.some((known) => known.toLowerCase() === value.toLowerCase());

const isTrue = (attributes: JsonRecord, name: string): boolean => readAt(attributes, name, 'value') === 'true';
