import { describe, expect, it } from 'vitest';
import { type AirshipOptions, airship } from '../../../src/adapters/airship.js';
import { answer, FIRST_TRY, NOW, sampleEvent } from './sample-event.js';

const { adapter } = airship({ appKey: 'app-key', token: 'secret' });
const visitor = { userId: 'u-42' };
const uuid = '0f5f2a44-0000-4000-8000-00000000000a';

const entryOf = (changes: Parameters<typeof sampleEvent>[0] = {}) =>
  JSON.parse(adapter.toRequest([sampleEvent({ visitor, ...changes })], FIRST_TRY).body)[0];
const nameOf = (name: string) => entryOf({ name }).body.name;

describe('airship: requests', () => {
  it('sends a bare list', () => {
    const event = sampleEvent({
      visitor,
      properties: { plan: 'team' },
      value: 49.5,
      currency: 'EUR',
      session: { id: uuid },
      page: { url: 'https://shop.example/plans?ref=top#prices', title: 'Plans' },
    });
    const { body, ...request } = adapter.toRequest([event], FIRST_TRY);
    expect(request).toEqual({
      url: 'https://go.urbanairship.com/api/custom-events',
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/vnd.urbanairship+json; version=3',
        'X-UA-Appkey': 'app-key',
        Authorization: 'Bearer secret',
      },
    });
    expect(JSON.parse(body)).toEqual([
      {
        occurred: '2026-08-01T10:15:30',
        user: { named_user_id: 'u-42' },
        body: {
          name: 'plan_chosen',
          value: 49.5,
          unique_id: 'evt-001',
          properties: {
            plan: 'team',
            currency: 'EUR',
            event_id: 'evt-001',
            session_id: uuid,
            page_url: 'https://shop.example/plans?ref=top#prices',
            page_referrer: '',
            page_title: 'Plans',
          },
        },
      },
    ]);
  });

  it('goes to another region, or through a proxy without the token', () => {
    const request = (options: Partial<AirshipOptions>) =>
      airship({ appKey: 'app-key', ...options }).adapter.toRequest([sampleEvent()], FIRST_TRY);
    expect(request({ endpoint: 'https://go.airship.eu', token: 't' }).url).toBe(
      'https://go.airship.eu/api/custom-events',
    );
    expect(request({ endpoint: '/proxy/airship' }).url).toBe('/proxy/airship/api/custom-events');
    expect(request({ endpoint: '/proxy/airship' }).headers).not.toHaveProperty('Authorization');
  });

  it('names one user, by user id or by channel', () => {
    const ids = { airshipChannel: uuid };
    expect(entryOf({ visitor: { ids } }).user).toEqual({ channel: uuid });
    expect(entryOf({ visitor: { ids, userId: 'u-42' } }).user).toEqual({ named_user_id: 'u-42' });
  });

  it('lets the site’s properties win, except over the event id', () => {
    const properties = { event_id: 'x', currency: 'USD' };
    expect(entryOf({ properties, currency: 'EUR' }).body.properties).toMatchObject({
      event_id: 'evt-001',
      currency: 'USD',
    });
  });
});

describe('airship: limits', () => {
  it.each([
    [1 / 3, 0.333333],
    [1e12, 2_147_483_647],
    [-1e12, -2_147_483_647],
    [0, 0],
  ])('sends the value %d as %d', (value, sent) => {
    expect(entryOf({ value }).body.value).toBe(sent);
  });

  it('has no value without one', () => {
    expect(entryOf().body).not.toHaveProperty('value');
  });

  it('cuts texts to 254, at any depth and never within a character', () => {
    const { properties } = entryOf({
      properties: { text: 'x'.repeat(300), deep: [{ text: `${'x'.repeat(253)}😀` }] },
    }).body;
    expect(properties.text).toBe('x'.repeat(254));
    expect(properties.deep).toEqual([{ text: 'x'.repeat(253) }]);
  });

  it('never sends a future time', () => {
    expect(entryOf({ time: NOW + 999_000 }).occurred).toBe('2026-08-01T10:16:30');
  });
});

describe('airship: names', () => {
  it.each([
    ['Plan Chosen', 'plan_chosen'],
    ['  plan -- chosen!  ', 'plan_--_chosen'],
    ['plan__chosen', 'plan_chosen'],
    ['Ünïcode Ärger', 'n_code_rger'],
    ['KELVIN \u212A', 'kelvin_k'],
    ['x'.repeat(300), 'x'.repeat(254)],
  ])('%s → %s', (name, wireName) => {
    expect(nameOf(name)).toBe(wireName);
    expect(nameOf(name)).not.toMatch(/[A-Z]/);
  });
});

describe('airship: accepts', () => {
  const accepts = (changes: Parameters<typeof sampleEvent>[0]) => adapter.accepts(sampleEvent(changes), NOW);

  it('waits for an identity', () => {
    expect(accepts({})).toBe('needs-identity');
    expect(accepts({ visitor: { email: 'mia@example.org' } })).toBe('needs-identity');
    expect(accepts({ visitor })).toBe('ready');
    expect(accepts({ visitor: { ids: { airshipChannel: uuid } } })).toBe('ready');
  });

  it('refuses what is older than 90 days', () => {
    const day = 86_400_000;
    expect(accepts({ visitor, time: NOW - 90 * day - 1 })).toEqual({ refused: 'older than 90 days' });
    expect(accepts({ visitor, time: NOW - 90 * day })).toBe('ready');
  });

  it('refuses a name of which nothing is left, also before there is an identity', () => {
    expect(accepts({ name: '購入' })).toEqual({ refused: 'empty name' });
  });

  it.each(['identify', 'group'] as const)('has no place for %s', (type) => {
    expect(accepts({ type, visitor })).toBe('not-applicable');
  });
});

describe('airship: judge', () => {
  const events = ['a', 'b', 'c'].map((id) => sampleEvent({ id }));
  const judge = (status: number, body: unknown = '') => adapter.judge(answer(status, body), events, FIRST_TRY);
  const refusal = (path?: string) => ({
    ok: false,
    error: 'Could not parse request body',
    error_code: 40000,
    details: { error: 'name may not hold upper case', path, location: { line: 1, column: 96 } },
  });

  it.each([
    [200, { ok: true, operation_id: uuid }, 'delivered'],
    [200, '', 'delivered'],
    [200, { ok: false, error: 'no' }, 'split'],
    [400, '', 'split'],
    [400, refusal(), 'split'],
    [401, 'Unauthorized', 'pause'],
    [403, { ok: false }, 'pause'],
    [404, '<html></html>', 'pause'],
    [406, '', 'pause'],
    [413, '', 'split'],
    [429, '', 'retry'],
    [500, '', 'retry'],
    [503, '<html></html>', 'retry'],
  ])('%i %j: %s', (status, body, kind) => {
    expect(judge(status, body).kind).toBe(kind);
  });

  it('splits to find the culprit', () => {
    expect(judge(400, refusal('[1].body.name')).kind).toBe('split');
  });
});

describe('airship: options', () => {
  it('refuses no app key', () => {
    expect(() => airship({ appKey: '', endpoint: '/proxy' })).toThrow(TypeError);
    expect(() => airship({ appKey: '', endpoint: '/proxy' })).toThrow(
      'tracklet: airship({ appKey, token }) must be given',
    );
  });
});
