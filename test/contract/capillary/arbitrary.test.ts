import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { definitionProblem } from '../../../demo/vendors/capillary-definition-schema.js';
import { type DeclaredAttribute, eventChecks } from '../../../demo/vendors/capillary-definitions.js';
import { capillary } from '../../../src/adapters/capillary.js';
import type { JsonObject } from '../../../src/event/event.js';
import { toPlainObject } from '../../../src/event/plain.js';
import { checkDefinitions } from '../../../src/server/capillary/check-definitions.js';
import { NOW, sampleEvent } from '../../unit/adapters/sample-event.js';

/** Enough to find what 100 do not. */
const numRuns = Number(process.env.TRACKLET_RUNS ?? 10_000);

const text = fc.string({ maxLength: 60, unit: 'grapheme' });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const DECLARED: Readonly<Record<string, DeclaredAttribute>> = {
  customer_id: { type: 'customer', identifierType: 'externalId', required: true },
  event_id: { type: 'string', required: true, unique: true },
  amount: { type: 'double' },
  score: { type: 'double', required: true },
  plan: { type: 'string', required: true },
  note: { type: 'string' },
  city: { type: 'string' },
};

const TIMEOUT_MS = 120_000;

describe('ten thousand arbitrary events', { timeout: TIMEOUT_MS }, () => {
  const check = eventChecks({ plan_chosen: DECLARED }).get('plan_chosen');
  const { adapter } = capillary({
    endpoint: '/proxy/capillary',
    uniqueAttribute: 'event_id',
    events: {
      plan_chosen: {
        amount: { type: 'double' },
        score: { type: 'double', required: true },
        plan: { type: 'string', required: true },
        note: { type: 'string' },
        city: { type: 'string' },
      },
    },
    attributes: {
      amount: 'value',
      city: 'visitor.traits.city',
      note: (event) => (event.properties.note === 'throw' ? JSON.parse('{') : event.properties.note),
    },
  });

  const said: fc.Arbitrary<JsonObject> = fc
    .dictionary(
      fc.oneof(
        text,
        fc.constantFrom('plan', 'score', 'note', 'amount', 'event_id', 'customer_id', 'event_name', '__proto__'),
      ),
      fc.oneof(
        fc.jsonValue({ maxDepth: 4 }),
        text,
        fc.double(),
        fc.constantFrom('throw', '12.5', ' ', '1e999', '0x1f'),
      ),
      { maxKeys: 12 },
    )
    .map((properties) => toPlainObject(properties, {}));
  const anyEvent = fc
    .record({
      type: fc.constantFrom('track', 'track', 'page', 'identify', 'group'),
      name: fc.oneof(fc.constantFrom('Plan Chosen', 'plan-chosen', 'PLAN CHOSEN'), text),
      time: fc.integer({ min: NOW - 90 * 86_400_000, max: NOW + 86_400_000 }),
      properties: fc.tuple(said, said).map(([mine, its]) => ({ plan: 'team', score: 4, ...mine, ...its })),
      value: optional(fc.double({ noNaN: true, noDefaultInfinity: true })),
      visitor: fc.record({ userId: optional(text), email: optional(text), traits: optional(said) }),
    })
    .map((changes) => JSON.parse(JSON.stringify(sampleEvent(changes as Parameters<typeof sampleEvent>[0]))));

  test('none of them makes a request that Capillary refuses, none throws, every refusal has its reason', () => {
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(anyEvent, (event) => {
        const acceptance = adapter.accepts(event, NOW);
        if (typeof acceptance === 'object') {
          expect(acceptance.refused).toMatch(/^(not declared: |required: (plan|score)$)/);
          refused++;
        }
        if (acceptance !== 'ready') return;
        const body: unknown = JSON.parse(adapter.toRequest([event], { now: NOW, unclear: false, attempt: 1 }).body);
        expect(check?.(body)).toBeUndefined();
        taken++;
      }),
      { numRuns },
    );
    // Arbitrary events that are all refused would prove nothing.
    expect(taken).toBeGreaterThan(numRuns / 10);
    expect(refused).toBeGreaterThan(numRuns / 10);
  });
});

describe('ten thousand arbitrary definitions', { timeout: TIMEOUT_MS }, () => {
  const flag = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.constantFrom({ valueType: 'BOOLEAN', value: 'true' }, { valueType: 'Boolean', value: 'false' }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('true', true, null, {}, { valueType: 'ENUM', value: 'true' }, { value: 'true' }),
    },
  );
  const anyField = fc.record(
    {
      name: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g') },
        { weight: 1, arbitrary: text },
      ),
      type: fc.constantFrom(
        'customer',
        'customer',
        'string',
        'double',
        'couponCode',
        'productSku',
        'STRING',
        'enum',
        3,
      ),
      attributes: fc.record(
        {
          isRequired: flag,
          isUniqueKeyField: flag,
          isPsiData: flag,
          addCustomerIfNotExists: flag,
          identifierType: fc.constantFrom(
            { valueType: 'ENUM', value: 'Mobile' },
            { valueType: 'enum', value: 'passport' },
          ),
          regex: fc.constantFrom({ valueType: 'STRING', value: '.*' }, { valueType: 'STRING', value: '' }),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ['name', 'type'] },
  );
  const anyDefinition = fc.record(
    {
      eventName: fc.oneof(
        fc.constantFrom('plan_chosen', 'a__b', 'a b', '_', 'Ä', ''),
        fc.stringMatching(/^[A-Za-z0-9_]{1,20}$/),
      ),
      actions: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(['EMFConsumer'], ['EIConsumer', 'EMFConsumer']) },
        { weight: 1, arbitrary: fc.constantFrom([], ['x'], 'EMFConsumer', ['EIConsumer', 'EIConsumer']) },
      ),
      description: fc.oneof(text, fc.constant(3)),
      fields: fc.oneof(
        {
          weight: 9,
          arbitrary: fc
            .array(anyField, { maxLength: 4 })
            .map((fields) => [{ name: 'who', type: 'customer' }, ...fields]),
        },
        { weight: 1, arbitrary: fc.array(anyField, { maxLength: 25 }) },
      ),
    },
    { requiredKeys: ['eventName', 'actions', 'fields'] },
  );

  test('each is refused here if and only if Capillary would refuse it, and says why', () => {
    let fine = 0;
    fc.assert(
      fc.property(anyDefinition, (definition) => {
        const problems = checkDefinitions([definition]);
        const theirs = definitionProblem(definition);
        expect(problems.length > 0, `${JSON.stringify(problems)} against ${JSON.stringify(theirs)}`).toBe(
          theirs !== undefined,
        );
        for (const { rule, fix, path } of problems) expect([rule, fix, path].every(Boolean)).toBe(true);
        if (problems.length === 0) fine++;
      }),
      { numRuns },
    );
    expect(fine).toBeGreaterThan(numRuns / 20);
  });

  test('nothing that is given as a list of definitions throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.array(fc.anything()), fc.array(fc.record({ fields: fc.anything() }))),
        (given) => {
          for (const { rule, fix } of checkDefinitions(given)) expect([rule, fix].every(Boolean)).toBe(true);
        },
      ),
      { numRuns: numRuns / 5 },
    );
  });
});
