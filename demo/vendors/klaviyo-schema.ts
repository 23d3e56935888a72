import { schemaCheck } from './json-schema.js';

// K-OA, the nested JSON:API shape (revisions from 2023-07-15). The vendor's fields are known, so others are refused.

const text = { type: 'string' };
const filledText = { type: 'string', minLength: 1 };
const anyObject = { type: 'object' };

const location = {
  type: 'object',
  additionalProperties: false,
  properties: {
    address1: text,
    address2: text,
    city: text,
    country: text,
    latitude: { type: ['number', 'string'] },
    longitude: { type: ['number', 'string'] },
    region: text,
    zip: text,
    timezone: text,
    ip: text,
  },
};

/** `meta`, to patch properties and identifiers; where it sits depends on the endpoint (vendors.md 1.11, 3). */
const patchMeta = {
  type: 'object',
  additionalProperties: false,
  properties: { patch_properties: anyObject, patch_identifiers: anyObject },
};

const profileAttributes = {
  // Whether the vendor checks the form of an e-mail address is not in vendors.md: any text will do.
  email: filledText,
  phone_number: { type: 'string', pattern: '^\\+[1-9][0-9]{1,14}$' }, // E.164
  external_id: { type: 'string', minLength: 1, maxLength: 255 }, // K-SEG
  anonymous_id: filledText,
  _kx: filledText,
  first_name: text,
  last_name: text,
  organization: text,
  locale: text,
  title: text,
  image: text,
  location,
  properties: anyObject,
};

function profile(place: { inAttributes?: object; inData?: object }) {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['type', 'attributes'],
    properties: {
      type: { const: 'profile' },
      id: filledText,
      attributes: {
        type: 'object',
        additionalProperties: false,
        properties: { ...profileAttributes, ...place.inAttributes },
      },
      ...place.inData,
    },
  };
}

const metric = {
  type: 'object',
  additionalProperties: false,
  required: ['data'],
  properties: {
    data: {
      type: 'object',
      additionalProperties: false,
      required: ['type', 'attributes'],
      properties: {
        type: { const: 'metric' },
        attributes: {
          type: 'object',
          additionalProperties: false,
          required: ['name'],
          properties: { name: { type: 'string', minLength: 1, maxLength: 127 }, service: text }, // SEED: under 128
        },
      },
    },
  },
};

const eventAttributes = {
  metric,
  properties: anyObject,
  time: { type: 'string', format: 'iso-date-time' },
  value: { type: 'number' },
  value_currency: { type: 'string', pattern: '^[A-Z]{3}$' }, // ISO 4217
  unique_id: filledText,
  backfill: { type: 'boolean' },
};

function event(profileInside: object | undefined) {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['type', 'attributes'],
    properties: {
      type: { const: 'event' },
      attributes: {
        type: 'object',
        additionalProperties: false,
        required: ['metric', 'properties', ...(profileInside ? ['profile'] : [])],
        properties: { ...eventAttributes, ...(profileInside ? { profile: profileInside } : {}) },
      },
    },
  };
}

function wrapped(data: object) {
  return { type: 'object', additionalProperties: false, required: ['data'], properties: { data } };
}

/** `POST /client/events`. */
export const checkSingle = schemaCheck(wrapped(event(wrapped(profile({ inAttributes: { meta: patchMeta } })))));

/** `POST /client/event-bulk-create`: one profile, and events that carry none of their own. */
export const checkBulk = schemaCheck(
  wrapped({
    type: 'object',
    additionalProperties: false,
    required: ['type', 'attributes'],
    properties: {
      type: { const: 'event-bulk-create' },
      attributes: {
        type: 'object',
        additionalProperties: false,
        required: ['profile', 'events'],
        properties: {
          profile: wrapped(profile({ inData: { meta: patchMeta } })),
          events: wrapped({ type: 'array', maxItems: 1000, items: event(undefined) }),
          backfill: { type: 'boolean' },
        },
      },
    },
  }),
);

/** `POST /client/profiles`. Where `meta` sits is not in vendors.md: both places are taken. */
export const checkProfile = schemaCheck(
  wrapped(profile({ inAttributes: { meta: patchMeta }, inData: { meta: patchMeta } })),
);
