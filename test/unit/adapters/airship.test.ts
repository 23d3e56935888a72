import { describe, expect, it } from 'vitest';
import { type AirshipFields, type AirshipOptions, airship } from '../../../src/adapters/airship.js';
import { answer, FIRST_TRY, NOW, sampleEvent } from './sample-event.js';

const OPTIONS = { appKey: 'app-key', endpoint: '/proxy/airship' };
const { adapter } = airship(OPTIONS);
const visitor = { userId: 'u-42' };
const uuid = '0f5f2a44-0000-4000-8000-00000000000a';

const entryOf = (changes: Parameters<typeof sampleEvent>[0] = {}, options: Partial<AirshipOptions> = {}) => {
  const { toRequest } = airship({ ...OPTIONS, ...options }).adapter;
  return JSON.parse(toRequest([sampleEvent({ visitor, ...changes })], FIRST_TRY).body)[0];
};
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
      url: '/proxy/airship/api/custom-events',
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/vnd.urbanairship+json; version=3',
        'X-UA-Appkey': 'app-key',
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
          interaction_type: 'url',
          interaction_id: 'https://shop.example/plans?ref=top#prices',
          properties: {
            session_id: uuid,
            plan: 'team',
            currency: 'EUR',
            event_id: 'evt-001',
            page_referrer: '',
            page_title: 'Plans',
          },
        },
      },
    ]);
  });

  it('names one user, by user id or by channel', () => {
    const ids = { airshipChannel: uuid };
    expect(entryOf({ visitor: { ids } }).user).toEqual({ channel: uuid });
    expect(entryOf({ visitor: { ids, userId: 'u-42' } }).user).toEqual({ named_user_id: 'u-42' });
  });

  it('takes a channel for what it is only if it is a UUID', () => {
    expect(adapter.accepts(sampleEvent({ visitor: { ids: { airshipChannel: 'web-1' } } }), NOW)).toBe('needs-identity');
  });

  it.each<[string, AirshipFields['user']]>([
    ['an empty named user', { named_user_id: '' }],
    ['a channel that is no UUID', { ios_channel: 'nope' }],
    ['an empty channel', { channel: '' }],
    ['two at once, as where no type forbids it', { channel: uuid, ios_channel: uuid } as never],
    ['none', {} as never],
  ])('holds an event for whose user a `map` gives %s', (_, user) => {
    const { accepts } = airship({ ...OPTIONS, map: (fields) => ({ ...fields, user }) }).adapter;
    expect(accepts(sampleEvent({ visitor }), NOW)).toBe('needs-identity');
  });

  it('lets the site’s properties win, while unique_id stays ours', () => {
    const { unique_id, properties } = entryOf({ properties: { event_id: 'x', currency: 'USD' }, currency: 'EUR' }).body;
    expect(properties).toMatchObject({ event_id: 'x', currency: 'USD' });
    expect(unique_id).toBe('evt-001');
  });
});

describe('airship: map', () => {
  const order = { properties: { order: 'o-7', plan: 'team' }, value: 3 };

  it('reaches every field', () => {
    const { body, user } = entryOf(order, {
      map: (fields, event) => ({
        ...fields,
        user: { ios_channel: uuid },
        value: 1 / 3,
        transaction: String(event.properties.order),
        interaction_type: 'email',
        interaction_id: 'newsletter',
        session_id: 's-9',
        properties: { plan: event.properties.plan },
      }),
    });
    expect(user).toEqual({ ios_channel: uuid });
    expect(body).toEqual({
      name: 'plan_chosen',
      unique_id: 'evt-001',
      value: 0.333333,
      transaction: 'o-7',
      interaction_type: 'email',
      interaction_id: 'newsletter',
      session_id: 's-9',
      properties: { plan: 'team' },
    });
  });

  it('cannot go over a limit', () => {
    const { body } = entryOf(order, { map: (fields) => ({ ...fields, transaction: 'x'.repeat(300) }) });
    expect(body.transaction).toBe('x'.repeat(254));
    const { accepts } = airship({ ...OPTIONS, map: (fields) => ({ ...fields, value: 2 ** 31 }) }).adapter;
    expect(accepts(sampleEvent({ visitor }), NOW)).toEqual({ refused: 'value too large' });
  });

  it('may leave nobody, who is then waited for', () => {
    const { accepts } = airship({ ...OPTIONS, map: (fields) => ({ ...fields, user: undefined }) }).adapter;
    expect(accepts(sampleEvent({ visitor }), NOW)).toBe('needs-identity');
  });

  it.each([
    ['throws', () => (undefined as never as string[]).length],
    ['returns nothing', () => undefined],
  ])('that %s refuses the event with that reason', (_what, map) => {
    const { accepts } = airship({ ...OPTIONS, map: map as never }).adapter;
    expect(accepts(sampleEvent({ visitor }), NOW)).toEqual({ refused: expect.stringMatching(/TypeError/) });
  });
});

describe('airship: limits', () => {
  it.each([
    [1 / 3, 0.333333],
    [2 ** 31 - 1, 2_147_483_647],
    [1 - 2 ** 31, -2_147_483_647],
    [1e-6, 0.000001],
  ])('sends the value %d as %d', (value, sent) => {
    expect(entryOf({ value }).body.value).toBe(sent);
  });

  it('has no value without one, nor for 0, which is Airship’s own default', () => {
    expect(entryOf().body).not.toHaveProperty('value');
    expect(entryOf({ value: 0 }).body).not.toHaveProperty('value');
  });

  it.each([2 ** 31, -(2 ** 31), 1e300])('refuses the value %d, rather than send another sum', (value) => {
    expect(adapter.accepts(sampleEvent({ visitor, value }), NOW)).toEqual({ refused: 'value too large' });
  });

  it('sends the first 100 properties', () => {
    const properties = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`p${index}`, index]));
    const keys = Object.keys(entryOf({ properties, currency: 'EUR' }).body.properties);
    expect(keys).toHaveLength(100);
    expect(keys).toEqual(expect.arrayContaining(['event_id', 'session_id', 'p0', 'p94']));
  });

  it('refuses more than 64 KB, measured in bytes', () => {
    const accepts = (length: number, letter: string) =>
      adapter.accepts(sampleEvent({ visitor, properties: { list: Array(length).fill(letter.repeat(200)) } }), NOW);
    expect(accepts(300, 'a')).toBe('ready');
    expect(accepts(300, 'ü')).toEqual({ refused: 'too large' });
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
    const minute = 60_000;
    expect(accepts({ visitor, time: NOW - 90 * day + minute - 1 })).toEqual({ refused: 'older than 90 days' });
    expect(accepts({ visitor, time: NOW - 90 * day + minute })).toBe('ready');
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
    [200, '{\n  "ok": false,\n  "error": "no"\n}', 'split'],
    [200, '{ "ok" : false }', 'split'],
    [200, '{ "ok" : true, "warnings": false }', 'delivered'],
    [400, '', 'split'],
    [400, refusal(), 'split'],
    [400, refusal('body.properties.items[1]'), 'split'],
    [400, refusal('[3].body.name'), 'split'],
    [400, 'Bad Request', 'split'],
    [400, '<html>[1]</html>', 'split'],
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

  it.each(['[1].body.name', '/1/body/name', '$[1].body', '1.body.name'])('drops the one at %s', (path) => {
    expect(judge(400, refusal(path))).toMatchObject({
      kind: 'drop',
      ids: ['b'],
      reason: expect.stringMatching(/^400 /),
    });
  });

  it('blames nobody for a path when the credential is refused', () => {
    expect(judge(403, refusal('[1].body.name')).kind).toBe('pause');
  });
});

describe('airship: options', () => {
  it('refuses no app key', () => {
    expect(() => airship({ appKey: '', endpoint: '/proxy' })).toThrow(TypeError);
    expect(() => airship({ appKey: '', endpoint: '/proxy' })).toThrow(
      'tracklet: airship({ appKey, endpoint }) must be given',
    );
  });
});
