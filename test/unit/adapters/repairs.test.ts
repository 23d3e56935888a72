import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { airship } from '../../../src/adapters/airship.js';
import { capillary } from '../../../src/adapters/capillary.js';
import { embeddables } from '../../../src/adapters/embeddables.js';
import { gainsight } from '../../../src/adapters/gainsight.js';
import { klaviyo } from '../../../src/adapters/klaviyo.js';
import { klaviyoMap } from '../../../src/adapters/klaviyo-map.js';
import { post } from '../../../src/adapters/post.js';
import { relay } from '../../../src/adapters/relay.js';
import { type Repair, repairsOf } from '../../../src/adapters/repairs.js';
import type { JsonObject } from '../../../src/event/event.js';
import { klaviyoServer } from '../../../src/server/index.js';
import { anyEvent } from '../../support/arbitrary-events.js';
import { FIRST_TRY, NOW, sampleEvent } from './sample-event.js';

const proxy = { endpoint: '/proxy' };
const ADAPTERS = {
  klaviyo: klaviyo({ companyId: 'ABC123' }).adapter,
  klaviyoServer: klaviyoServer({ privateKey: 'pk_1' }).adapter,
  airship: airship({ ...proxy, appKey: 'a' }).adapter,
  embeddables: embeddables({ ...proxy, projectId: 'pr_1', embeddableId: 'flow_1' }).adapter,
  gainsight: gainsight({ ...proxy, propertyKey: 'AP-1' }).adapter,
  capillary: capillary({
    ...proxy,
    events: { plan_chosen: ['plan', 'seats'], p: ['quote', 'path'] },
    attributes: { amount: 'value' },
  }).adapter,
  relay: relay(proxy).adapter,
} as const;
type Vendor = keyof typeof ADAPTERS;

const LATER = NOW + 3_600_000;
const time = { field: 'time', from: '2026-08-01T11:16:30.250Z', to: '2026-08-01T10:16:30.250Z' };
const named = (from: string, to: string) => ({ field: 'name', from, to });
const long = 'ü'.repeat(2_000);
const many = (count: number): JsonObject => Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, 1]));

const repairs = (vendor: Vendor | Adapter, changes: Parameters<typeof sampleEvent>[0]): Repair[] =>
  repairsOf(
    typeof vendor === 'string' ? ADAPTERS[vendor] : vendor,
    sampleEvent({ name: 'plan_chosen', visitor: { userId: 'u-42', email: 'mia@example.org' }, ...changes }),
    FIRST_TRY,
  );

describe('what a vendor gets otherwise than it was tracked', () => {
  it.each(Object.keys(ADAPTERS) as Vendor[])('%s: nothing, of an event that keeps to its rules', (vendor) => {
    expect(repairs(vendor, { properties: { plan: 'team', seats: 4 } })).toEqual([]);
    // With all that JSON escapes, once or twice.
    expect(repairs(vendor, { name: 'p', properties: { quote: 'a "b"\n\t\\ ü 😀', path: 'C:\\tmp' } })).toEqual([]);
  });

  it.each<[Vendor, string, string]>([
    ['klaviyo', ' Plan Chosen ', 'Plan Chosen'],
    ['klaviyo', 'x'.repeat(200), 'x'.repeat(127)],
    ['klaviyoServer', 'x'.repeat(200), 'x'.repeat(127)],
    ['airship', 'Plan Chosen', 'plan_chosen'],
    ['embeddables', 'PlanChosen', 'plan_chosen'],
    ['gainsight', ' Plan Chosen', 'Plan Chosen'],
    ['capillary', 'Plan Chosen', 'plan_chosen'],
  ])('%s: the name %j, which becomes %j', (vendor, from, to) => {
    expect(repairs(vendor, { name: from })).toEqual([named(from, to)]);
  });

  it.each<Vendor>(['klaviyo', 'klaviyoServer', 'airship', 'embeddables', 'gainsight', 'capillary'])(
    '%s: a time in the future, which becomes now',
    (vendor) => {
      expect(repairs(vendor, { time: LATER })).toEqual([time]);
    },
  );

  it('a relay gets all as it is', () => {
    expect(repairs('relay', { name: ' Plan Chosen', time: LATER, properties: { ...many(120), long } })).toEqual([]);
  });

  it('a time that an adapter leaves as it is, to the second, is none', () => {
    const toRequest: Adapter['toRequest'] = ([event]) =>
      post('/', { at: new Date(event?.time ?? 0).toISOString().slice(0, 19) });
    expect(repairs({ ...ADAPTERS.relay, toRequest }, { time: LATER })).toEqual([]);
  });

  it.each<Vendor>(['airship', 'gainsight'])('%s: a text that is cut, without the text', (vendor) => {
    expect(repairs(vendor, { properties: { plan: 'team', long } })).toEqual([{ field: 'properties.long' }]);
  });

  it('airship: a text that is cut deep inside', () => {
    expect(repairs('airship', { properties: { a: { b: [long] } } })).toEqual([{ field: 'properties.a' }]);
  });

  it('klaviyoServer: a text that is cut, and what is nested too deeply', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(12)}1${'}'.repeat(12)}`);
    expect(repairs('klaviyoServer', { properties: { deep, long: long.repeat(40), plan: 'team' } })).toEqual([
      { field: 'properties.deep' },
      { field: 'properties.long' },
    ]);
  });

  it.each<[Vendor, number, number]>([
    ['airship', 95, 100],
    ['gainsight', 49, 52],
    ['klaviyoServer', 396, 402],
  ])('%s: properties beyond the limit, each by its name', (vendor, fits, tooMany) => {
    expect(repairs(vendor, { properties: many(fits) })).toEqual([]);
    const left = repairs(vendor, { properties: many(tooMany) });
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThanOrEqual(tooMany - fits);
    for (const { field } of left) expect(field).toMatch(/^properties\.p\d+$/);
  });

  it('a property is not taken for another that only begins like it', () => {
    expect(repairs('gainsight', { properties: { ...many(49), z: 1, zz: 1 } }).map(({ field }) => field)).toEqual([
      'properties.z',
      'properties.zz',
    ]);
  });

  it('embeddables and gainsight: objects and lists, which become text', () => {
    const properties = { filters: { b: 1, a: [2] } };
    expect(repairs('gainsight', { properties })).toEqual([{ field: 'properties.filters' }]);
    expect(repairs('embeddables', { properties })).toEqual([{ field: 'properties.filters' }]);
    expect(repairs('airship', { properties })).toEqual([]);
  });

  it('gainsight: what has no value there, and a key that differs by case only', () => {
    expect(repairs('gainsight', { properties: { none: null, Plan: 'a', plan: 'b' } })).toEqual([
      { field: 'properties.none' },
      { field: 'properties.plan' },
    ]);
  });

  it('capillary: a property that is not declared', () => {
    expect(repairs('capillary', { properties: { plan: 'team', coupon: 'x' } })).toEqual([
      { field: 'properties.coupon' },
    ]);
  });

  it('airship: a value that is rounded', () => {
    expect(repairs('airship', { value: 49.123_456_7 })).toEqual([{ field: 'value' }]);
    expect(repairs('airship', { value: 49.5 })).toEqual([]);
    expect(repairs('airship', { value: 0 })).toEqual([]);
  });

  it('what a `map` of the site leaves out', () => {
    const map = klaviyoMap(() => ({ properties: { plan: 'solo' }, value: 25 }));
    const { adapter } = klaviyo({ companyId: 'ABC123', map });
    expect(repairs(adapter, { properties: { plan: 'team', seats: 4 }, value: 2 })).toEqual([
      { field: 'value' },
      { field: 'properties.plan' },
    ]);
  });

  it.each(Object.keys(ADAPTERS) as Vendor[])('%s: never throws for what is sent, and tells no property', (vendor) => {
    const adapter = ADAPTERS[vendor];
    fc.assert(
      fc.property(anyEvent(NOW), (event) => {
        fc.pre(adapter.accepts(event, NOW) === 'ready');
        for (const { field, from, to } of repairsOf(adapter, event, FIRST_TRY)) {
          expect(field).toMatch(/^(name|time|value|properties\.)/);
          if (field !== 'name' && field !== 'time') expect([from, to]).toEqual([undefined, undefined]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('nothing of a profile update, which is not the event', () => {
    expect(repairs('klaviyo', { type: 'identify', name: ' Identify', time: LATER })).toEqual([]);
  });
});
