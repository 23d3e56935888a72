import { schemaCheck } from './json-schema.js';

// A-DOC, A-SK. Unknown keys are refused here, though the vendor may let a typo pass and use its default instead
// (vendors.md 2.9, 2): that loses data silently, which is what a stand-in is there to show.

/** The mobile SDKs' limit, under 255 (A-AND), taken for the server's. */
const shortText = { type: 'string', maxLength: 254 };
const uuid = { type: 'string', format: 'uuid' };

const user = {
  type: 'object',
  additionalProperties: false,
  // Exactly one selector (A-DOC, A-SK).
  minProperties: 1,
  maxProperties: 1,
  properties: {
    named_user_id: { type: 'string', minLength: 1 },
    channel: uuid,
    ios_channel: uuid,
    android_channel: uuid,
    amazon_channel: uuid,
    web_channel: uuid,
  },
};

const body = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { ...shortText, minLength: 1, pattern: '^[^A-Z]*$' }, // SEED: no upper case
    value: { type: 'number', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }, // A-AND
    transaction: shortText,
    interaction_id: shortText,
    interaction_type: shortText,
    session_id: { type: 'string' }, // a UUID in all samples, but not said to be one
    unique_id: { type: 'string' },
    properties: { type: 'object' },
  },
};

/** A bare array of 1 to 100 events (A-DOC, A-SK). */
export const checkAirshipBody = schemaCheck({
  type: 'array',
  minItems: 1,
  maxItems: 100,
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['user', 'body'],
    properties: {
      // UTC without milliseconds or offset (A-SK, A-PY).
      occurred: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}:\\d{2}Z?$' },
      user,
      body,
    },
  },
});
