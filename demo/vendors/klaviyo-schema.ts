import { schemaCheck } from './json-schema.js';

// K-OA, the nested JSON:API shape (revisions from 2023-07-15). The vendor's fields are known, so others are refused.

/** Optional fields may be null, but for the profile update of servers, where null clears the field. */
const text = { type: ['string', 'null'] };
const filledText = { type: ['string', 'null'], minLength: 1 };
const anyObject = { type: ['object', 'null'] };
const texts = { type: ['string', 'array'], items: { type: 'string' } };

function closed(properties: object, required: readonly string[] = []) {
  return { type: 'object', additionalProperties: false, required, properties };
}

const coordinate = { type: ['number', 'string', 'null'] };
const location = closed({
  ...{ address1: text, address2: text, city: text, country: text, region: text, zip: text, timezone: text, ip: text },
  ...{ latitude: coordinate, longitude: coordinate },
});

/** Where it sits depends on the endpoint (vendors.md 1.11, 3). */
const meta = closed({
  patch_properties: closed({ append: anyObject, unappend: anyObject, unset: texts }),
  patch_identifiers: closed({ append: anyObject, unappend: anyObject }),
});

const identifiers = {
  // Whether the vendor checks more of an e-mail address is not in vendors.md.
  email: { type: ['string', 'null'], pattern: '@' },
  phone_number: { type: ['string', 'null'], pattern: '^\\+[1-9][0-9]{1,14}$' }, // E.164
  external_id: { type: ['string', 'null'], minLength: 1, maxLength: 255 }, // K-SEG
  _kx: filledText,
};

const profileAttributes = {
  ...identifiers,
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
  const attributes = closed({ ...profileAttributes, ...place.inAttributes });
  return closed({ type: { const: 'profile' }, id: filledText, attributes, ...place.inData }, ['type', 'attributes']);
}

const anonymous = { anonymous_id: filledText };
/** In a single event, beside several, and as an update from a page. */
const profileInside = wrapped(profile({ inAttributes: { ...anonymous, meta } }));
const profileBeside = wrapped(profile({ inAttributes: anonymous, inData: { meta } }));

const metricAttributes = closed(
  { name: { type: 'string', minLength: 1, maxLength: 127 }, service: text }, // SEED: under 128
  ['name'],
);
const metric = wrapped(closed({ type: { const: 'metric' }, attributes: metricAttributes }, ['type', 'attributes']));

const facts = {
  properties: { type: 'object' },
  time: { type: ['string', 'null'], format: 'iso-date-time' },
  value: { type: ['number', 'null'] },
  unique_id: filledText,
};
const eventAttributes = {
  ...facts,
  metric,
  value_currency: { type: ['string', 'null'], pattern: '^[A-Z]{3}$' }, // ISO 4217
  backfill: { type: ['boolean', 'null'] },
};

function resource(type: string, attributes: object) {
  return closed({ type: { const: type }, attributes }, ['type', 'attributes']);
}

function wrapped(data: object) {
  return closed({ data }, ['data']);
}

const single = closed({ ...eventAttributes, profile: profileInside }, ['metric', 'properties', 'profile']);
const entry = resource('event', closed(eventAttributes, ['metric', 'properties']));
const bulk = resource(
  'event-bulk-create',
  closed(
    {
      profile: profileBeside,
      events: wrapped({ type: 'array', maxItems: 1000, items: entry }),
      backfill: { type: ['boolean', 'null'] },
    },
    ['profile', 'events'],
  ),
);

/** `POST /client/events` and `/api/events`. */
export const checkSingle = schemaCheck(wrapped(resource('event', single)));

/** `POST /client/event-bulk-create`: one profile, and events that carry none of their own. */
export const checkBulk = schemaCheck(wrapped(bulk));

/** `POST /api/event-bulk-create-jobs`: many of them. */
export const checkJob = schemaCheck(
  wrapped(
    resource(
      'event-bulk-create-job',
      closed({ 'events-bulk-create': wrapped({ type: 'array', items: bulk }) }, ['events-bulk-create']),
    ),
  ),
);

/** `POST /client/profiles`. */
export const checkProfile = schemaCheck(wrapped(profile({ inAttributes: anonymous, inData: { meta } })));

/** `POST /api/profile-import`, which does not know `anonymous_id` (K-NODE). */
export const checkImport = schemaCheck(wrapped(profile({ inData: { meta } })));

/** `POST /api/events/` of revision 2023-01-24: everything flat (SEED). The profile may have any field of the site's. */
const flatProfile = {
  type: 'object',
  properties: {
    $email: { type: 'string', pattern: '@' },
    $phone_number: identifiers.phone_number,
    ...{ $first_name: text, $last_name: text, $city: text, $region: text, $country: text, $zip: text, $image: text },
    $consent: { type: 'array', items: { type: 'string' } },
  },
  anyOf: [
    { required: ['$email'], properties: { $email: {} } },
    { required: ['$phone_number'], properties: { $phone_number: {} } },
  ],
};
export const checkFlat = schemaCheck(
  wrapped(
    resource(
      'event',
      closed({ ...facts, metric: metricAttributes, profile: flatProfile }, ['metric', 'properties', 'profile']),
    ),
  ),
);
