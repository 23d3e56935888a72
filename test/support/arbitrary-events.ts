import fc from 'fast-check';
import type { JsonObject, TrackletEvent } from '../../src/event/event.js';
import { toPlainObject } from '../../src/event/plain.js';
import { sampleEvent } from '../unit/adapters/sample-event.js';

/** How many events each adapter meets. */
export const numRuns = Number(process.env.TRACKLET_RUNS ?? 10_000);

const DAY_MS = 86_400_000;

export const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Mostly what is money, at times anything that is finite. */
export const anyNumber = fc.oneof(
  { weight: 5, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, 2 ** 31, 2 ** 31 - 1, 1 - 2 ** 31, -(2 ** 31), 2 ** 31 - 1 + 4e-7) },
);

/** Letters of all scripts, halves of characters that come in two, nothing at all. */
export const anyText = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 40, unit: 'grapheme' }) },
  { weight: 2, arbitrary: fc.string({ maxLength: 20, unit: 'binary' }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 4, unit: 'grapheme' }).map((piece) => piece.repeat(400)) },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', '😀'.repeat(130), 'A', `${'x'.repeat(253)}😀`, 'ß', 'İ') },
);

const keys = fc.oneof(
  { weight: 3, arbitrary: anyText },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['__proto__', 'constructor', 'toString', 'event_id', 'value', 'currency', 'page_title', '7'],
      ...['plan', 'Plan', 'PLAN', 'plan_2', 'payload_metrics', 'payload_dimensions', 'k'.repeat(2_000)],
    ),
  },
);

/** What a page may say of anything, after the recorder has made plain JSON of it; at times more than a vendor takes. */
export const anyProperties: fc.Arbitrary<JsonObject> = fc
  .oneof(
    {
      weight: 18,
      arbitrary: fc.dictionary(keys, fc.oneof(fc.jsonValue({ maxDepth: 3 }), anyText), { maxKeys: 8 }),
    },
    // Many, and large.
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min: 40, max: 130 }), fc.jsonValue({ maxDepth: 1 }))
        .map(([count, value]) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, value]))),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min: 100, max: 400 }), anyText)
        .map(([count, value]) => ({ list: Array(count).fill(value) })),
    },
  )
  .map((properties) => toPlainObject(properties, {}));

/** Whatever may have been stored, on a page or by a server. */
export const anyEvent = (now: number): fc.Arbitrary<TrackletEvent> =>
  fc
    .record({
      id: fc.string({ minLength: 21, maxLength: 21, unit: fc.constantFrom(...'abcXYZ012_-') }),
      type: fc.constantFrom('track', 'track', 'track', 'page', 'page', 'identify', 'group'),
      name: fc.oneof(fc.constantFrom('Plan Chosen', 'signed_in', 'HTTPError2', '2FA on', 'plan-chosen'), anyText),
      time: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: now - 92 * DAY_MS, max: now + DAY_MS }) },
        // Just inside 90 days, and just outside.
        { weight: 1, arbitrary: fc.integer({ min: now - 90 * DAY_MS - 120_000, max: now - 90 * DAY_MS + 120_000 }) },
      ),
      properties: anyProperties,
      value: optional(anyNumber),
      currency: optional(fc.constantFrom('EUR', 'USD')),
      visitor: fc.record({
        anonymousId: fc.uuid(),
        userId: optional(anyText),
        accountId: optional(anyText),
        email: optional(fc.oneof(fc.emailAddress(), anyText)),
        phone: optional(anyText),
        ids: optional(fc.record({ airshipChannel: fc.oneof(fc.uuid(), anyText) })),
        traits: optional(fc.dictionary(anyText, anyText, { maxKeys: 3 })),
      }),
      session: fc.record({ id: fc.oneof(fc.uuid(), anyText) }),
      page: fc.record({
        url: fc.oneof(fc.webUrl({ withQueryParameters: true, withFragments: true }), anyText),
        title: anyText,
        referrer: fc.oneof(fc.webUrl(), anyText),
      }),
    })
    // Stored and read again: without what is undefined.
    .map((changes) => JSON.parse(JSON.stringify(sampleEvent(changes as Parameters<typeof sampleEvent>[0]))));
