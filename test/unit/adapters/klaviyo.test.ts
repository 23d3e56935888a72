import { describe, expect, it } from 'vitest';
import { type KlaviyoOptions, klaviyo } from '../../../src/adapters/klaviyo.js';
import { answer, FIRST_TRY, NOW, SAMPLE_TIME, sampleEvent } from './sample-event.js';

const { adapter } = klaviyo({ companyId: 'ABC123' });
const visitor = { email: 'mia@example.org' };
const chosen = sampleEvent({
  visitor,
  properties: { plan: 'team', seats: 4 },
  value: 49.5,
  currency: 'EUR',
  session: { id: 's-1' },
  page: { url: 'https://shop.example/plans' },
});
const started = sampleEvent({ id: 'evt-002', name: 'Trial Started', time: SAMPLE_TIME + 14_000, visitor });

const chosenAttributes = {
  metric: { data: { type: 'metric', attributes: { name: 'Plan Chosen' } } },
  properties: { plan: 'team', seats: 4, session_id: 's-1', page_url: 'https://shop.example/plans' },
  time: '2026-08-01T10:15:30.250Z',
  value: 49.5,
  value_currency: 'EUR',
  unique_id: 'evt-001',
};
const profile = { data: { type: 'profile', attributes: { anonymous_id: 'anon-77', email: 'mia@example.org' } } };

const attributesOf = (event = chosen, now = NOW) =>
  JSON.parse(adapter.toRequest([event], { ...FIRST_TRY, now }).body).data.attributes;
const profileOf = (changes: Parameters<typeof sampleEvent>[0]) =>
  attributesOf(sampleEvent(changes)).profile.data.attributes;

describe('klaviyo: requests', () => {
  it('sends several events of one profile in bulk', () => {
    const { body, ...request } = adapter.toRequest([chosen, started], FIRST_TRY);
    expect(request).toEqual({
      url: 'https://a.klaviyo.com/client/event-bulk-create?company_id=ABC123',
      method: 'POST',
      headers: {
        'Content-Type': 'application/vnd.api+json',
        Accept: 'application/vnd.api+json',
        revision: '2026-07-15',
      },
    });
    expect(JSON.parse(body)).toEqual({
      data: {
        type: 'event-bulk-create',
        attributes: {
          profile,
          events: {
            data: [
              { type: 'event', attributes: chosenAttributes },
              {
                type: 'event',
                attributes: {
                  metric: { data: { type: 'metric', attributes: { name: 'Trial Started' } } },
                  properties: {},
                  time: '2026-08-01T10:15:44.250Z',
                  unique_id: 'evt-002',
                },
              },
            ],
          },
        },
      },
    });
  });

  it('sends one event to the call that ignores repeats', () => {
    const { url, body } = adapter.toRequest([chosen], FIRST_TRY);
    expect(url).toBe('https://a.klaviyo.com/client/events?company_id=ABC123');
    expect(JSON.parse(body)).toEqual({ data: { type: 'event', attributes: { profile, ...chosenAttributes } } });
  });

  it('updates the profile on identify', () => {
    const identify = sampleEvent({
      type: 'identify',
      visitor: { ...visitor, userId: 'u-42', traits: { tier: 'gold' } },
    });
    const { url, body } = adapter.toRequest([identify], FIRST_TRY);
    expect(url).toBe('https://a.klaviyo.com/client/profiles?company_id=ABC123');
    expect(JSON.parse(body)).toEqual({
      data: {
        type: 'profile',
        attributes: {
          anonymous_id: 'anon-77',
          external_id: 'u-42',
          email: 'mia@example.org',
          properties: { tier: 'gold' },
        },
      },
    });
  });

  it('goes through a proxy and with another revision if told', () => {
    const proxied = klaviyo({ companyId: 'ABC123', endpoint: '/proxy/klaviyo/', revision: '2024-10-15' });
    const { url, headers } = proxied.adapter.toRequest([chosen], FIRST_TRY);
    expect(url).toBe('/proxy/klaviyo/client/events?company_id=ABC123');
    expect(headers.revision).toBe('2024-10-15');
    expect(headers).not.toHaveProperty('Authorization');
  });

  it('sends singles while it is unclear what arrived', () => {
    expect(adapter.maxEventsFor?.({ ...FIRST_TRY, unclear: true })).toBe(1);
    expect(adapter.maxEventsFor?.(FIRST_TRY)).toBe(1000);
  });
});

describe('klaviyo: profile', () => {
  it('puts traits where Klaviyo has a place for them', () => {
    const traits = {
      firstName: 'Mia',
      last_name: 'Lang',
      title: 7,
      location: { city: 'Graz' },
      plan: 'team',
      left: null,
    };
    expect(profileOf({ visitor: { traits } })).toEqual({
      anonymous_id: 'anon-77',
      first_name: 'Mia',
      last_name: 'Lang',
      location: { city: 'Graz' },
      properties: { title: 7, plan: 'team' },
    });
  });

  it.each([
    ['phone', '+4366412345678', 'phone_number'],
    ['email', 'mia@example.org', 'email'],
    ['userId', 'u-42', 'external_id'],
  ])('sends a well-formed %s', (from, value, place) => {
    expect(profileOf({ visitor: { [from]: value } })).toMatchObject({ [place]: value });
  });

  it.each([
    ['phone', '0664 1234567'],
    ['phone', '+0664123456'],
    ['email', 'mia'],
    ['userId', 'u'.repeat(256)],
  ])('leaves out a %s such as %s', (from, value) => {
    expect(profileOf({ visitor: { [from]: value } })).toEqual({ anonymous_id: 'anon-77' });
  });

  it('is what groups events, and an update stands alone', () => {
    const key = (changes: Parameters<typeof sampleEvent>[0]) => adapter.groupBy?.(sampleEvent(changes));
    expect(key({ id: 'a' })).toBe(key({ id: 'b', name: 'Other' }));
    expect(key({ id: 'a' })).not.toBe(key({ id: 'a', visitor }));
    expect(key({ id: 'a', type: 'identify' })).not.toBe(key({ id: 'b', type: 'identify' }));
    expect(key({ id: 'a', type: 'identify' })).not.toBe(key({ id: 'a' }));
  });
});

describe('klaviyo: limits', () => {
  it('cuts the name to 127 characters and properties to 300', () => {
    const properties = Object.fromEntries(Array.from({ length: 350 }, (_, index) => [`p${index}`, index]));
    const attributes = attributesOf(sampleEvent({ name: ` ${'n'.repeat(200)} `, properties }));
    expect(attributes.metric.data.attributes.name).toBe('n'.repeat(127));
    expect(Object.keys(attributes.properties)).toHaveLength(300);
  });

  it('never sends a future time, and none that a broken clock made', () => {
    expect(attributesOf(sampleEvent({ time: NOW + 5_000 })).time).toBe(new Date(NOW).toISOString());
    expect(attributesOf(sampleEvent({ time: 86_400_000 }))).not.toHaveProperty('time');
  });

  it('lets the site’s properties win over ours', () => {
    expect(attributesOf({ ...chosen, properties: { session_id: 'mine' } }).properties.session_id).toBe('mine');
  });
});

describe('klaviyo: accepts', () => {
  it('takes anybody, and what they do', () => {
    expect(adapter.accepts(sampleEvent(), NOW)).toBe('ready');
    expect(adapter.accepts(sampleEvent({ type: 'page' }), NOW)).toBe('ready');
    expect(adapter.accepts(sampleEvent({ type: 'identify' }), NOW)).toBe('ready');
  });

  it('has no place for groups, nor for identify when switched off', () => {
    expect(adapter.accepts(sampleEvent({ type: 'group' }), NOW)).toBe('not-applicable');
    const quiet = klaviyo({ companyId: 'ABC123', identify: false }).adapter;
    expect(quiet.accepts(sampleEvent({ type: 'identify' }), NOW)).toBe('not-applicable');
  });

  it('refuses an empty name', () => {
    expect(adapter.accepts(sampleEvent({ name: ' ' }), NOW)).toEqual({ refused: 'the name is empty' });
  });
});

describe('klaviyo: judge', () => {
  const events = ['a', 'b', 'c'].map((id) => sampleEvent({ id }));
  const error = (source: object, more: object = {}) => ({
    errors: [
      { id: '6f2b', status: 400, code: 'invalid', title: 'Invalid input.', detail: 'is not valid', source, ...more },
    ],
  });
  const judge = (status: number, body: unknown = '') => adapter.judge(answer(status, body), events, FIRST_TRY);

  it.each([
    [202, 'delivered'],
    [400, 'split'],
    [401, 'pause'],
    [403, 'pause'],
    [404, 'pause'],
    [405, 'pause'],
    [409, 'split'],
    [410, 'pause'],
    [413, 'split'],
    [415, 'pause'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
    [524, 'retry'],
  ])('%i with an empty body: %s', (status, kind) => {
    expect(judge(status).kind).toBe(kind);
  });

  it('drops the events that pointers name', () => {
    const pointer = (place: number) => ({
      pointer: `/data/attributes/events/data/${place}/attributes/properties/data/0`,
    });
    const errors = [...error(pointer(2)).errors, ...error(pointer(1)).errors];
    expect(judge(400, { errors })).toMatchObject({ kind: 'drop', ids: ['b', 'c'] });
    expect(judge(400, error(pointer(3))).kind).toBe('split');
  });

  it('drops all when their common profile is refused', () => {
    const body = error({ pointer: '/data/attributes/profile/data/attributes/phone_number' });
    expect(judge(400, body)).toMatchObject({ kind: 'drop', ids: ['a', 'b', 'c'] });
  });

  it('is not misled by what an event says', () => {
    expect(judge(400, error({}, { detail: 'got "pointer":"/data/attributes/events/data/1/"' })).kind).toBe('split');
  });

  it('splits a bulk refused as a repeat, even if it names the event', () => {
    const source = { pointer: '/data/attributes/events/data/1/attributes/unique_id' };
    expect(judge(400, error(source)).kind).toBe('split');
  });

  it('pauses when the site id is wrong', () => {
    expect(judge(400, error({ parameter: 'company_id' })).kind).toBe('pause');
    expect(judge(400, error({}, { code: 'invalid_api_key' })).kind).toBe('pause');
  });
});

describe('klaviyo: options', () => {
  it.each([
    ['companyId', 'pk_0123456789'],
    ['companyId', undefined],
    ['companyId', 123456],
    ['revision', '2023-01-24'],
    ['revision', 'newest'],
    ['revision', 20260715],
    ['identify', 'yes'],
  ])('refuses { %s: %j }', (option, value) => {
    const options = { companyId: 'ABC123', [option]: value } as KlaviyoOptions;
    expect(() => klaviyo(options)).toThrow(TypeError);
    expect(() => klaviyo(options)).toThrow(`tracklet: klaviyo({ ${option} }) must be`);
  });
});
