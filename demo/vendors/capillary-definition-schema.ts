import { type Problem, schemaCheck } from './json-schema.js';
import { isRecord, valueAt } from './vendor-rules.js';

/** Every value is text, and every valueType comes in any case of letters (C-OLD). */
const attribute = (valueType: string, value: object) => ({
  type: 'object',
  additionalProperties: false,
  required: ['valueType', 'value'],
  properties: {
    valueType: { type: 'string', pattern: `^(${valueType}|${valueType.toLowerCase()}|${title(valueType)})$` },
    value,
  },
});
const title = (word: string) => `${word[0]}${word.slice(1).toLowerCase()}`;

const yesOrNo = attribute('BOOLEAN', { enum: ['true', 'false'] });
const someText = { type: 'string', minLength: 1 };

/** Of the customer (SEED; the case of letters is UNKNOWN: samples show MOBILE and mobile). */
const IDENTIFIERS =
  '^(userid|mobile|email|externalid|wechat|martjackid|cuid|fbid|unionid|fcmtoken|line|cardnumber|cardexternalid)$';

/** Create Event (SEED), with the limits of C-SET. */
const isShaped = schemaCheck({
  type: 'object',
  additionalProperties: false,
  required: ['eventName', 'actions'],
  properties: {
    eventName: { type: 'string', pattern: '^[A-Za-z0-9_]+$' },
    actions: { type: 'array', minItems: 1, uniqueItems: true, items: { enum: ['EMFConsumer', 'EIConsumer'] } },
    description: { type: 'string' },
    fields: {
      type: 'array',
      maxItems: 20,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'type'],
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 50 },
          type: {
            enum: [
              ...['tillCode', 'couponCode', 'customer', 'productSku', 'productBrand', 'productCategory'],
              ...['string', 'double'],
            ],
          },
          attributes: {
            type: 'object',
            additionalProperties: false,
            properties: {
              isRequired: yesOrNo,
              isUniqueKeyField: yesOrNo,
              isPsiData: yesOrNo,
              addCustomerIfNotExists: yesOrNo,
              identifierType: attribute('ENUM', someText),
              source: attribute('ENUM', someText),
              accountId: attribute('ENUM', someText),
              regex: attribute('STRING', someText),
            },
          },
        },
      },
    },
  },
});

/** Which attributes a type has no place for (C-OLD meta_fields). */
const FOR_CUSTOMERS = ['addCustomerIfNotExists', 'identifierType', 'source', 'accountId'];

/** Keys that an occurrence has anyway (C-REF post-event), so no attribute can use them. */
const OCCURRENCE_KEYS = ['event_name', 'eventDateTime', 'orgResolver'];

/** What Create Event would refuse, and where. */
export function definitionProblem(json: unknown): Problem | undefined {
  const problem = isShaped(json);
  if (problem) return problem;
  const fields = valueAt(json, 'fields');
  const list: readonly unknown[] = Array.isArray(fields) ? fields : [];
  const names = list.map((field) => valueAt(field, 'name'));
  if (new Set(names).size < names.length) return { pointer: '/fields', message: 'two fields of one name' };
  if (!list.some((field) => valueAt(field, 'type') === 'customer')) {
    return { pointer: '/fields', message: 'no customer (C-SET)' };
  }
  for (const [index, field] of list.entries()) {
    const wrong = fieldProblem(field);
    if (wrong) return { ...wrong, pointer: `/fields/${index}${wrong.pointer}` };
  }
  return undefined;
}

function fieldProblem(field: unknown): Problem | undefined {
  const type = valueAt(field, 'type');
  const says = (attributeName: string) => valueAt(field, 'attributes', attributeName, 'value');
  if (OCCURRENCE_KEYS.includes(String(valueAt(field, 'name')))) {
    return { pointer: '/name', message: 'is a key of every occurrence' };
  }
  const attributes = valueAt(field, 'attributes');
  for (const name of Object.keys(isRecord(attributes) ? attributes : {})) {
    const isMisplaced =
      (FOR_CUSTOMERS.includes(name) && type !== 'customer') ||
      (name === 'regex' && type !== 'string' && type !== 'couponCode');
    if (isMisplaced) return { pointer: `/attributes/${name}`, message: `${name} is not for a ${type}` };
  }
  const identifier = says('identifierType');
  if (identifier !== undefined && !new RegExp(IDENTIFIERS, 'i').test(String(identifier))) {
    return { pointer: '/attributes/identifierType', message: `no identifier type ${identifier}` };
  }
  if (says('isPsiData') === 'true' && type === 'customer') {
    return { pointer: '/attributes/isPsiData', message: 'isPsiData on the customer (SEED)' };
  }
  if (says('isUniqueKeyField') === 'true' && says('isRequired') !== 'true') {
    return { pointer: '/attributes/isUniqueKeyField', message: 'isUniqueKeyField without isRequired (SEED)' };
  }
  return undefined;
}
