import { describe, expect, it } from 'vitest';
import { klaviyo } from '../../../src/adapters/klaviyo.js';
import { type KlaviyoFields, klaviyoMap } from '../../../src/adapters/klaviyo-map.js';
import type { JsonObject } from '../../../src/event/event.js';
import { klaviyoServer } from '../../../src/server/index.js';
import { FIRST_TRY, NOW, sampleEvent } from './sample-event.js';

const mapped = (fields: KlaviyoFields, revision?: string) =>
  klaviyo({ companyId: 'ABC123', map: klaviyoMap(() => fields), ...(revision && { revision }) }).adapter;

const dataOf = (fields: KlaviyoFields, changes: Parameters<typeof sampleEvent>[0] = {}, revision?: string) =>
  JSON.parse(mapped(fields, revision).toRequest([sampleEvent(changes)], FIRST_TRY).body).data;
const attributesOf = (...given: Parameters<typeof dataOf>) => dataOf(...given).attributes;
const profileOf = (...given: Parameters<typeof dataOf>) => attributesOf(...given).profile.data;

const nest = (levels: number): JsonObject => (levels === 0 ? {} : { in: nest(levels - 1) });
const depth = (value: object): number => ('in' in value ? 1 + depth(Object(value.in)) : 0);

describe('klaviyoMap()', () => {
  it('changes nothing when it has nothing to add', () => {
    const events = [
      sampleEvent({ value: 49.5, currency: 'EUR', visitor: { userId: 'u-42', traits: { firstName: 'Mia' } } }),
      sampleEvent({ id: 'evt-002', type: 'identify', visitor: { userId: 'u-42', traits: { tier: 'gold' } } }),
    ];
    const plain = klaviyo({ companyId: 'ABC123' }).adapter;
    for (const event of events) {
      expect(mapped({}).toRequest([event], FIRST_TRY)).toEqual(plain.toRequest([event], FIRST_TRY));
    }
  });

  it('reaches every field of an event', () => {
    const properties = { $extra: { html: '<p>Hi</p>' }, plan: 'team' };
    const fields = { properties, value: 12, value_currency: 'usd', backfill: true, service: 'shop' };
    expect(
      attributesOf(fields, { value: 49.5, currency: 'EUR', properties: { plan: 'solo', seats: 4 } }),
    ).toMatchObject({
      properties: { $extra: { html: '<p>Hi</p>' }, plan: 'team', seats: 4 },
      value: 12,
      value_currency: 'USD',
      backfill: true,
      metric: { data: { attributes: { name: 'Plan Chosen', service: 'shop' } } },
      unique_id: 'evt-001',
    });
  });

  it('reaches every field of a profile, winning over the visitor’s', () => {
    const location = {
      address1: 'Ring 1',
      city: 'Graz',
      latitude: 47.07,
      longitude: '15.44',
      timezone: 'Europe/Vienna',
    };
    const profile = {
      ...{
        id: '01H',
        _kx: 'kx',
        email: 'mia@work.example',
        locale: 'de-AT',
        title: 'CEO',
        image: 'https://a.example/m',
      },
      location,
      properties: { tier: 'gold' },
    };
    expect(profileOf({ profile }, { visitor: { email: 'mia@example.org', traits: { tier: 'silver' } } })).toEqual({
      type: 'profile',
      id: '01H',
      attributes: {
        ...{ anonymous_id: 'anon-77', _kx: 'kx', email: 'mia@work.example', locale: 'de-AT', title: 'CEO' },
        ...{ image: 'https://a.example/m', location, properties: { tier: 'gold' } },
      },
    });
  });

  it('puts meta where each call has its place', () => {
    const meta = { patch_properties: { append: { skus: '92538' } } };
    const adapter = mapped({ profile: { meta } });
    const bodyOf = (...changes: Parameters<typeof sampleEvent>[0][]) =>
      JSON.parse(adapter.toRequest(changes.map(sampleEvent), FIRST_TRY).body).data;
    expect(bodyOf({}).attributes.profile.data).toMatchObject({ attributes: { meta } });
    expect(bodyOf({}).attributes.profile.data.meta).toBeUndefined();
    expect(bodyOf({}, { id: 'evt-002' }).attributes.profile.data).toMatchObject({ meta });
    expect(bodyOf({}, { id: 'evt-002' }).attributes.profile.data.attributes.meta).toBeUndefined();
    expect(bodyOf({ type: 'identify' })).toMatchObject({ type: 'profile', meta });
    expect(bodyOf({ type: 'identify' }).attributes.meta).toBeUndefined();
  });

  it('leaves out what Klaviyo would find malformed', () => {
    const profile = { phone_number: '0664', email: 'mia', first_name: '', location: { zip: '', latitude: Number.NaN } };
    expect(profileOf({ profile }).attributes).toEqual({ anonymous_id: 'anon-77', location: {}, properties: {} });
    const sent = attributesOf({ value: Number.NaN, value_currency: 'euro', backfill: true }, {}, '2026-01-15');
    expect(sent).not.toHaveProperty('value');
    expect(sent).not.toHaveProperty('value_currency');
    expect(sent).not.toHaveProperty('backfill');
  });

  it('holds events of a profile without an identifier, until there is one', () => {
    const adapter = mapped({ profile: { anonymous_id: undefined } });
    expect(adapter.accepts(sampleEvent(), NOW)).toBe('needs-identity');
    expect(adapter.accepts(sampleEvent({ visitor: { userId: 'u-42' } }), NOW)).toBe('ready');
    expect(mapped({ profile: { anonymous_id: undefined, id: '01H' } }).accepts(sampleEvent(), NOW)).toBe('ready');
  });

  it('refuses an event that it cannot write, and says what was thrown', () => {
    const map = klaviyoMap(() => {
      throw new Error('no such product');
    });
    const { adapter } = klaviyo({ companyId: 'ABC123', map });
    expect(adapter.accepts(sampleEvent(), NOW)).toEqual({ refused: 'map: Error: no such product' });
    expect(() => adapter.groupBy?.(sampleEvent())).not.toThrow();
  });

  it('takes times from the year that the revision takes', () => {
    const accepts = (year: number, revision: string) =>
      mapped({}, revision).accepts(sampleEvent({ time: Date.UTC(year, 0) }), NOW);
    expect(accepts(1990, '2026-07-15')).toBe('ready');
    expect(accepts(1989, '2026-07-15')).toEqual({ refused: 'before 1990' });
    expect(accepts(1999, '2026-04-15')).toEqual({ refused: 'before 2000' });
    expect(mapped({}).accepts(sampleEvent({ name: ' ' }), NOW)).toEqual({ refused: 'empty name' });
    expect(mapped({}).accepts(sampleEvent({ type: 'group' }), NOW)).toBe('not-applicable');
  });
});

describe('klaviyoMap() and Klaviyo’s limits', () => {
  it('cuts texts over 100 KB, by bytes', () => {
    const lengthOf = (text: string) => attributesOf({ properties: { text } }).properties.text.length;
    expect(lengthOf('x'.repeat(100_000))).toBe(100_000);
    expect(lengthOf('x'.repeat(100_001))).toBe(33_333);
    expect(lengthOf('ü'.repeat(50_000))).toBe(50_000);
    expect(lengthOf('ü'.repeat(50_001))).toBe(33_333);
  });

  it('cuts lists to 4000', () => {
    expect(attributesOf({ properties: { list: Array(5_000).fill(1) } }).properties.list).toHaveLength(4_000);
  });

  it('makes JSON text of what is deeper than 10 levels', () => {
    const { deep } = attributesOf({ properties: { deep: nest(8) } }).properties;
    expect(depth(deep)).toBe(8);
    const { deeper } = attributesOf({ properties: { deeper: nest(9) } }).properties;
    expect(JSON.stringify(deeper)).toContain('"in":"{}"');
  });

  it('leaves out properties over the revision’s number, ours first', () => {
    const properties = Object.fromEntries(Array.from({ length: 399 }, (_, index) => [`p${index}`, index]));
    const map = klaviyoMap(() => ({ properties }));
    const keys = (revision: string) => {
      const { adapter } = klaviyoServer({ privateKey: 'pk_1', revision, map });
      const { data } = JSON.parse(adapter.toRequest([sampleEvent()], FIRST_TRY).body);
      return Object.keys(data.attributes.properties);
    };
    expect(keys('2025-04-15')).toHaveLength(400);
    expect(keys('2025-04-15').filter((key) => key.startsWith('p') && !key.startsWith('page'))).toHaveLength(399);
    expect(keys('2025-01-15')).toHaveLength(300);
  });
});
