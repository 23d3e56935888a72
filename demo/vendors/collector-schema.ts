import { schemaCheck } from './json-schema.js';

// The neutral event of src/event/event.ts, stated once more and independently of the code that makes it.

const text = { type: 'string' };
const filledText = { type: 'string', minLength: 1 };
const epochMs = { type: 'integer', minimum: 0 };
const ordinal = { type: 'integer', minimum: 1 };
const textByName = { type: 'object', additionalProperties: text };

/** Every property is there, unless named optional; no other is. */
function record(properties: Readonly<Record<string, object>>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', additionalProperties: false, required, properties };
}

const cssPixels = { type: 'number', minimum: 0 };
const size = record({ width: cssPixels, height: cssPixels });

const visitor = record(
  {
    anonymousId: filledText,
    userId: filledText,
    accountId: filledText,
    email: filledText,
    phone: filledText,
    ids: textByName,
    traits: { type: 'object' },
  },
  ['userId', 'accountId', 'email', 'phone', 'ids', 'traits'],
);

const event = record(
  {
    id: filledText,
    type: { enum: ['track', 'page', 'identify', 'group'] },
    name: filledText,
    time: epochMs,
    properties: { type: 'object' },
    value: { type: 'number' },
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    consent: { type: 'array', items: filledText },
    visitor,
    session: record(
      { id: filledText, previousId: filledText, startedAt: epochMs, number: ordinal, eventIndex: ordinal },
      ['previousId'],
    ),
    page: record({ url: text, path: text, title: text, referrer: text, viewId: filledText, previousUrl: filledText }, [
      'previousUrl',
    ]),
    context: record(
      {
        campaign: textByName,
        locale: text,
        timezone: text,
        screen: size,
        viewport: size,
        library: record({ name: filledText, version: filledText }),
      },
      ['campaign'],
    ),
  },
  ['value', 'currency', 'consent'],
);

/** `{sentAt, events}`, at least one event. */
export const checkCollectorBody = schemaCheck(
  record({ sentAt: epochMs, events: { type: 'array', minItems: 1, items: event } }),
);
