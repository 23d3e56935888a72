import { describe, expect, it } from 'vitest';
import { type KlaviyoOptions, klaviyo } from '../../../src/adapters/klaviyo.js';
import { toPlainObject } from '../../../src/event/plain.js';
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

/** As sampleEvent() has it. */
const BLANK_PAGE = { page_referrer: '', page_title: '' };

const chosenAttributes = {
  metric: { data: { type: 'metric', attributes: { name: 'Plan Chosen' } } },
  properties: { plan: 'team', seats: 4, session_id: 's-1', page_url: 'https://shop.example/plans', ...BLANK_PAGE },
  time: '2026-08-01T10:15:30.250Z',
  value: 49.5,
  value_currency: 'EUR',
  unique_id: 'evt-001',
};
const profile = {
  data: { type: 'profile', attributes: { anonymous_id: 'anon-77', email: 'mia@example.org', properties: {} } },
};

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
                  properties: { session_id: '', page_url: '', ...BLANK_PAGE },
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
    const proxied = klaviyo({ companyId: 'ABC123', endpoint: '/proxy/klaviyo', revision: '2025-04-15' });
    const { url, headers } = proxied.adapter.toRequest([chosen], FIRST_TRY);
    expect(url).toBe('/proxy/klaviyo/client/events?company_id=ABC123');
    expect(headers.revision).toBe('2025-04-15');
    expect(headers).not.toHaveProperty('Authorization');
  });

  it('sends singles while it is unclear what arrived', () => {
    expect(adapter.maxEventsFor?.({ ...FIRST_TRY, unclear: true })).toBe(1);
    expect(adapter.maxEventsFor?.(FIRST_TRY)).toBe(1000);
  });
});

describe('klaviyo: profile', () => {
  it('sends all traits, and texts also where Klaviyo has a place for them', () => {
    const traits = { firstName: 'Mia', lastName: 'Lang', organization: 7, plan: 'team' };
    expect(profileOf({ visitor: { traits } })).toEqual({
      anonymous_id: 'anon-77',
      first_name: 'Mia',
      last_name: 'Lang',
      properties: traits,
    });
    expect(profileOf({ visitor: { traits: { organization: 'Acme', firstName: '' } } })).toEqual({
      anonymous_id: 'anon-77',
      organization: 'Acme',
      properties: { organization: 'Acme', firstName: '' },
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
    expect(profileOf({ visitor: { [from]: value } })).toEqual({ anonymous_id: 'anon-77', properties: {} });
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
  it('cuts the name to 127 units, and never through a character', () => {
    const nameOf = (name: string) => attributesOf(sampleEvent({ name })).metric.data.attributes.name;
    expect(nameOf('n'.repeat(200))).toBe('n'.repeat(127));
    expect(nameOf(`${'n'.repeat(126)}😀😀`)).toBe('n'.repeat(126));
    expect(nameOf('  Plan Chosen ')).toBe('Plan Chosen');
    expect(adapter.wireName?.(` ${'n'.repeat(200)}`)).toBe('n'.repeat(127));
  });

  it('never sends a future time', () => {
    expect(attributesOf(sampleEvent({ time: NOW + 5_000 })).time).toBe(new Date(NOW).toISOString());
  });

  it('refuses a name of blanks, and a time before the year 2000 or none at all', () => {
    const refusal = { refused: 'no name, or before 2000' };
    expect(adapter.accepts(sampleEvent({ name: ' ' }), NOW)).toEqual(refusal);
    expect(adapter.accepts(sampleEvent({ time: Date.UTC(2000, 0) - 1 }), NOW)).toEqual(refusal);
    expect(adapter.accepts(sampleEvent({ time: Number.NaN }), NOW)).toEqual(refusal);
    expect(adapter.accepts(sampleEvent({ time: Date.UTC(2000, 0) }), NOW)).toBe('ready');
  });

  it('has room for our four properties beside the most that an event can have', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`p${index}`, index]));
    const { properties } = attributesOf({ ...chosen, properties: toPlainObject(many, {}) });
    expect(Object.keys(properties)).toHaveLength(400);
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

  it('has no place for groups', () => {
    expect(adapter.accepts(sampleEvent({ type: 'group' }), NOW)).toBe('not-applicable');
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

  it('drops the event that the error points to', () => {
    const verdict = judge(400, error({ pointer: '/data/attributes/events/data/1/attributes/time' }));
    expect(verdict).toMatchObject({ kind: 'drop', ids: ['b'], reason: expect.stringMatching(/^400 /) });
  });

  it('splits when the pointer is to no event of the batch, or to what all have in common', () => {
    expect(judge(400, error({ pointer: '/data/attributes/events/data/3/attributes/time' })).kind).toBe('split');
    expect(judge(400, error({ pointer: '/data/attributes/profile/data/attributes/email' })).kind).toBe('split');
    expect(judge(400, '<html></html>').kind).toBe('split');
  });

  it('splits a bulk refused as a repeat, which one by one is ignored', () => {
    expect(judge(400, error({ pointer: '/data/attributes/events/data/1/attributes/unique_id' })).kind).toBe('split');
  });

  it('pauses when the site id is wrong, not when an event mentions one', () => {
    expect(judge(400, error({ parameter: 'company_id' })).kind).toBe('pause');
    expect(judge(400, error({}, { detail: 'got "company_id"' })).kind).toBe('split');
    expect(judge(503, error({ parameter: 'company_id' })).kind).toBe('retry');
  });
});

describe('klaviyo: options', () => {
  it.each([
    ['companyId', 'pk_0123456789'],
    ['companyId', undefined],
    ['companyId', 'ABC 12'],
    ['revision', 'latest'],
    ['revision', 20260715],
    ['revision', '2026-07-15xyz'],
    ['revision', '2030-99-99'],
    ['revision', '2023-01-24'],
    ['revision', '2025-01-15'],
  ])('refuses { %s: %j }', (option, value) => {
    const options = { companyId: 'ABC123', [option]: value } as KlaviyoOptions;
    expect(() => klaviyo(options)).toThrow(TypeError);
    expect(() => klaviyo(options)).toThrow(
      'tracklet: klaviyo({ companyId, revision }) must be 6 characters and >= 2025-04-15',
    );
  });
});
