import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { klaviyo } from '../../../src/adapters/klaviyo.js';
import { type KlaviyoFields, klaviyoMap } from '../../../src/adapters/klaviyo-map.js';
import type { Json, JsonObject, TrackletEvent } from '../../../src/event/event.js';
import { toPlainObject } from '../../../src/event/plain.js';
import { klaviyoServer } from '../../../src/server/klaviyo.js';
import { NOW, sampleEvent } from '../../unit/adapters/sample-event.js';
import { vendor } from './vendor.js';

/** How many events each of the two adapters meets, shared among its forms. */
const RUNS = Number(process.env.TRACKLET_RUNS ?? 10_000);
/** A busy machine is given time. */
const TIMEOUT_MS = 300_000;

const YEAR = 365 * 86_400_000;

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const text = fc.oneof(fc.string({ maxLength: 40, unit: 'grapheme' }), fc.constantFrom('', ' ', 'x'.repeat(300)));

const nest = (levels: number): JsonObject => (levels === 0 ? { bottom: 'ü' } : { in: nest(levels - 1) });
const count = (length: number) => Object.fromEntries(Array.from({ length }, (_, index) => [`p${index}`, index]));
/** At and over each limit of Klaviyo's. */
const EXTREMES: readonly Json[] = [
  ...['x'.repeat(100_000), 'x'.repeat(100_001), 'ü'.repeat(60_000), '😀'.repeat(30_000)],
  ...[Array(4_000).fill(1), Array(4_001).fill({ a: 'b' })],
  ...[nest(8), nest(9), nest(10), nest(11), nest(40)],
  ...[count(300), count(450)],
];

const key = fc.oneof(
  text,
  fc.constantFrom('__proto__', 'constructor', '$extra', '$event_id', 'value', 'page_url', '7'),
);
const ordinary = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json),
  text,
);
const properties = (value: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> =>
  fc.oneof(
    { weight: 30, arbitrary: fc.dictionary(key, value, { maxKeys: 8 }) },
    { weight: 1, arbitrary: fc.constantFrom(count(299), count(301), count(396), count(400), count(450)) },
  );
const extreme = fc.oneof({ weight: 60, arbitrary: ordinary }, { weight: 1, arbitrary: fc.constantFrom(...EXTREMES) });

const anyEvent = (said: fc.Arbitrary<JsonObject>, earliest: number): fc.Arbitrary<TrackletEvent> =>
  fc
    .record({
      type: fc.constantFrom('track', 'track', 'track', 'page', 'identify', 'group'),
      name: text,
      time: fc.oneof(fc.integer({ min: earliest, max: NOW + 2 * YEAR }), fc.integer({ min: NOW - YEAR, max: NOW })),
      properties: said,
      value: optional(fc.double({ noNaN: true, noDefaultInfinity: true })),
      currency: optional(fc.constantFrom('EUR', 'USD')),
      visitor: fc.record({
        anonymousId: fc.uuid(),
        userId: optional(text),
        email: optional(fc.oneof({ weight: 3, arbitrary: fc.emailAddress() }, { weight: 1, arbitrary: text })),
        phone: optional(fc.constantFrom('+4366412345678', '0664 12345', '+1', '+123456789012345678', '')),
        traits: optional(said),
      }),
      page: fc.record({ url: text, title: text, referrer: text }),
    })
    // Stored and read again: without what is undefined.
    .map((changes) => JSON.parse(JSON.stringify(sampleEvent(changes as Parameters<typeof sampleEvent>[0]))));

/** What a page stored, see `recorder.ts`. */
const anyStored = anyEvent(
  properties(ordinary).map((said) => toPlainObject(said, {})),
  Date.UTC(1990, 0),
).filter(({ name }) => name.length <= 255);
/** What a server may be handed. */
const anyHanded = anyEvent(properties(extreme), Date.UTC(1980, 0));

const oddText = optional(fc.oneof(text, fc.constantFrom('+4366412345678', 'mia@example.org', 'x'.repeat(100_001))));
const place = optional(fc.oneof(text, fc.constantFrom('x'.repeat(100_001))));
const anyFields: fc.Arbitrary<KlaviyoFields> = fc.record(
  {
    properties: properties(extreme),
    value: fc.double(),
    value_currency: fc.oneof(text, fc.constantFrom('EUR', 'usd')),
    backfill: fc.boolean(),
    service: text,
    profile: fc.record(
      {
        ...{ id: oddText, email: oddText, phone_number: oddText, external_id: oddText, anonymous_id: oddText },
        ...{ _kx: oddText, first_name: oddText, locale: oddText, title: oddText, image: oddText },
        location: fc.record({ city: place, latitude: fc.oneof(fc.double(), text), ip: place }, { requiredKeys: [] }),
        properties: properties(extreme),
        meta: fc.constantFrom({ patch_properties: { append: { skus: '92538' }, unset: ['a'] } }, {}),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<NonNullable<KlaviyoFields['profile']>>,
  },
  { requiredKeys: [] },
);

interface Form {
  readonly title: string;
  readonly numRuns: number;
  readonly adapter: (fields: KlaviyoFields) => Adapter;
  readonly events: fc.Arbitrary<TrackletEvent>;
  readonly headers?: Record<string, string>;
  /** The vendor's clock, if it is not the adapter's. */
  readonly vendorNow?: number;
}

const secret = { Authorization: 'Klaviyo-API-Key pk_demo' };
const map = (fields: KlaviyoFields) => klaviyoMap(() => fields);
const FORMS: readonly Form[] = [
  { title: 'a page', numRuns: RUNS / 2, adapter: () => klaviyo({ companyId: 'DEMO01' }).adapter, events: anyStored },
  {
    title: 'a page with a map',
    numRuns: RUNS / 2,
    adapter: (fields) => klaviyo({ companyId: 'DEMO01', map: map(fields) }).adapter,
    events: anyHanded,
  },
  {
    title: 'a server',
    numRuns: Math.ceil(RUNS / 3),
    adapter: (fields) => klaviyoServer({ privateKey: 'pk_demo', map: map(fields) }).adapter,
    events: anyHanded,
    headers: secret,
  },
  {
    title: 'a server with the oldest living revision',
    numRuns: Math.ceil(RUNS / 3),
    adapter: (fields) => klaviyoServer({ privateKey: 'pk_demo', revision: '2025-01-15', map: map(fields) }).adapter,
    events: anyHanded,
    headers: secret,
  },
  {
    title: 'a server in the flat format, while it lived',
    numRuns: Math.ceil(RUNS / 3),
    adapter: (fields) => klaviyoServer({ privateKey: 'pk_demo', format: 'legacy', map: map(fields) }).adapter,
    events: anyHanded,
    headers: secret,
    vendorNow: Date.UTC(2024, 0),
  },
];

describe.each(FORMS)('arbitrary events from $title', (form) => {
  const { adapter: adapterFor, numRuns, events, headers, vendorNow = NOW } = form;

  test(
    'make no request that Klaviyo refuses and throw nothing, and every refusal has its reason',
    () => {
      const klaviyo = vendor(vendorNow);
      let taken = 0;
      let refused = 0;
      fc.assert(
        fc.property(events, anyFields, fc.boolean(), (event, fields, isBulk) => {
          klaviyo.forget();
          const adapter = adapterFor(fields);
          const acceptance = adapter.accepts(event, vendorNow);
          if (typeof acceptance === 'object') {
            expect(acceptance.refused).toMatch(
              /^(no name, or before 2000|empty name|before \d{4}|profile over 100 KB)$/,
            );
            refused++;
          }
          if (acceptance !== 'ready') return;
          const context = { now: vendorNow, unclear: !isBulk, attempt: 1 };
          const most = adapter.maxEventsFor?.(context) ?? adapter.maxEvents;
          const pair = [event, { ...event, id: `${event.id}-b` }].slice(0, event.type === 'identify' ? 1 : most);
          const request = adapter.toRequest(pair, context);
          expect(klaviyo.status(request, headers)).toBeOneOf([200, 201, 202]);
          taken++;
        }),
        { numRuns },
      );
      // Arbitrary events that are all refused would prove nothing.
      expect(taken).toBeGreaterThan(numRuns / 20);
      expect(refused).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});
