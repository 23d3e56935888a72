import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AirshipEvent, airshipEventProblem } from '../../demo/vendors/airship-rules.js';
import { checkAirshipBody } from '../../demo/vendors/airship-schema.js';
import { embeddablesProblem } from '../../demo/vendors/embeddables.js';
import { gainsightProblem } from '../../demo/vendors/gainsight.js';
import type { Problem } from '../../demo/vendors/json-schema.js';
import type { Adapter } from '../../src/adapters/adapter.js';
import { type AirshipFields, airship } from '../../src/adapters/airship.js';
import { type EmbeddablesFields, embeddables } from '../../src/adapters/embeddables.js';
import { type GainsightFields, gainsight } from '../../src/adapters/gainsight.js';
import type { TrackletEvent } from '../../src/event/event.js';
import { anyEvent, anyNumber, anyProperties, anyText, numRuns, optional } from '../support/arbitrary-events.js';
import { NOW } from '../unit/adapters/sample-event.js';

/** The vendor's clock when the request arrives. */
const ARRIVAL = NOW + 15_000;

interface Case<Fields> {
  /** The adapter as a site has it, at times with a `map` that returns these fields over its own. */
  readonly adapter: (mapped: Partial<Fields> | undefined) => Adapter;
  readonly mapped: fc.Arbitrary<Partial<Fields>>;
  /** The stand-in's rules, which know nothing of the adapter. */
  readonly problem: (body: unknown) => Problem | undefined;
  readonly reasons: RegExp;
}

/** What types let a site's own function return, though it may be no JSON. */
const anyValue = fc.oneof(anyText, fc.double(), fc.boolean(), fc.date(), fc.constant(undefined), fc.constant(null));
const anyOwnProperties = fc.oneof(anyProperties, fc.dictionary(anyText, anyValue, { maxKeys: 8 }));
const over =
  <Fields>(mapped: Partial<Fields> | undefined) =>
  (fields: Fields): Fields => ({ ...fields, ...mapped });

const airshipCase: Case<AirshipFields> = {
  adapter: (mapped) => airship({ appKey: 'app-key', endpoint: '/proxy', map: over(mapped) }).adapter,
  mapped: fc.record(
    {
      user: fc.oneof(
        anyText.map((named_user_id) => ({ named_user_id })),
        fc.oneof(fc.uuid(), anyText).map((ios_channel) => ({ ios_channel })),
        fc.constant(undefined),
      ),
      value: optional(fc.oneof(anyNumber, fc.constantFrom(Number.NaN, Infinity))),
      transaction: optional(anyText),
      interaction_id: optional(anyText),
      interaction_type: optional(anyText),
      session_id: optional(anyText),
      properties: anyOwnProperties,
    },
    { requiredKeys: [] },
  ),
  problem(body) {
    const wrong = checkAirshipBody(body);
    if (wrong) return wrong;
    return (body as AirshipEvent[]).map((event) => airshipEventProblem(event, ARRIVAL)).find(Boolean);
  },
  reasons: /^(empty name|older than 90 days|value too large|too large)$|^RangeError: Invalid time value$/,
};

const gainsightCase: Case<GainsightFields> = {
  adapter: (mapped) => gainsight({ propertyKey: 'AP-1', endpoint: '/proxy', map: over(mapped) }).adapter,
  mapped: fc.record(
    {
      identifyId: optional(anyText),
      userType: fc.constantFrom('USER', 'VISITOR', 'LEAD', 'EMPTY_USER_TYPE'),
      eventType: optional(anyText),
      sessionId: optional(anyText),
      accountId: optional(anyText),
      url: optional(anyText),
      referrer: optional(anyText),
      remoteHost: optional(anyText),
      globalContext: optional(anyOwnProperties),
      attributes: optional(anyOwnProperties),
    },
    { requiredKeys: [] },
  ),
  problem: gainsightProblem,
  reasons: /^empty name$|^RangeError: Invalid time value$/,
};

const embeddablesCase: Case<EmbeddablesFields> = {
  adapter: (mapped) =>
    embeddables({
      projectId: 'pr_1',
      embeddableId: 'flow_1',
      endpoint: '/proxy',
      identify: [
        { key: 'email', from: 'email' },
        { key: 'account', from: 'accountId' },
      ],
      map: over(mapped),
    }).adapter,
  mapped: fc.record(
    {
      embeddable_id: anyText,
      identifiers: fc.array(fc.record({ key: anyText, value: optional(fc.oneof(anyText, fc.double())) }), {
        maxLength: 3,
      }),
      custom_event_props: fc
        .tuple(
          anyOwnProperties,
          fc.record({
            payload_metrics: fc.dictionary(anyText, fc.double(), { maxKeys: 3 }),
            payload_dimensions: fc.dictionary(anyText, anyText, { maxKeys: 3 }),
          }),
        )
        .map(([props, groups]) => ({ ...props, ...groups })),
    },
    { requiredKeys: [] },
  ),
  problem: embeddablesProblem,
  reasons: /^empty name$|^no embeddable_id$|^RangeError: Invalid time value$/,
};

function meet<Fields>({ adapter, mapped, problem, reasons }: Case<Fields>): void {
  const counts = { ready: 0, 'needs-identity': 0, 'not-applicable': 0, refused: 0 };
  fc.assert(
    fc.property(anyEvent(NOW), optional(mapped), (event, fields) => {
      const { accepts, toRequest } = adapter(fields);
      const acceptance = accepts(event, NOW);
      if (typeof acceptance === 'object') {
        expect(acceptance.refused).toMatch(reasons);
        counts.refused++;
        return;
      }
      counts[acceptance]++;
      if (acceptance !== 'ready') return;
      const body: unknown = JSON.parse(toRequest([event], { now: NOW, unclear: false, attempt: 1 }).body);
      const found = problem(body);
      if (found) expect.fail(`${found.pointer} ${found.message}: ${JSON.stringify(body).slice(0, 2_000)}`);
    }),
    { numRuns },
  );
  // Events that are all refused would prove nothing.
  expect(counts.ready).toBeGreaterThan(numRuns / 10);
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(numRuns / 200);
}

describe('of ten thousand arbitrary events none makes a request that the vendor refuses, none throws', () => {
  test('airship', () => meet(airshipCase), 120_000);
  test('gainsight', () => meet(gainsightCase), 120_000);
  test('embeddables', () => meet(embeddablesCase), 120_000);

  test('airship, up to a hundred at once', () => {
    const { accepts, toRequest } = airshipCase.adapter(undefined);
    fc.assert(
      fc.property(fc.array(anyEvent(NOW), { minLength: 1, maxLength: 100 }), (drawn) => {
        const events: TrackletEvent[] = drawn.filter((event) => accepts(event, NOW) === 'ready');
        if (events.length === 0) return;
        const body = JSON.parse(toRequest(events, { now: NOW, unclear: false, attempt: 1 }).body);
        expect(airshipCase.problem(body)).toBeUndefined();
        expect(body.map((entry: AirshipEvent) => entry.body.unique_id)).toEqual(events.map(({ id }) => id));
      }),
      { numRuns: Math.ceil(numRuns / 100) },
    );
  }, 120_000);
});
