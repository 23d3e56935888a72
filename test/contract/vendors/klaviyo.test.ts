import { describe, expect, test } from 'vitest';
import { type KlaviyoOptions, startKlaviyo } from '../../../demo/vendors/klaviyo.js';
import { changed, closedAfterEach, exchange, NOW, without } from './exchange.js';

const HEADERS = { revision: '2026-07-15', 'content-type': 'application/vnd.api+json' };

const metric = (name: string) => ({ data: { type: 'metric', attributes: { name } } });

/** vendors.md 1.10. */
const BULK = {
  data: {
    type: 'event-bulk-create',
    attributes: {
      profile: { data: { type: 'profile', attributes: { anonymous_id: 'anon-77', email: 'mia@example.org' } } },
      events: {
        data: [
          {
            type: 'event',
            attributes: {
              metric: metric('Plan Chosen'),
              properties: { plan: 'team', seats: 4, session_id: 's-1', page_url: 'https://shop.example/plans' },
              time: '2026-08-01T10:15:30.000Z',
              value: 49.5,
              value_currency: 'EUR',
              unique_id: 'evt-001',
            },
          },
          {
            type: 'event',
            attributes: {
              metric: metric('Trial Started'),
              properties: {},
              time: '2026-08-01T10:15:44.000Z',
              unique_id: 'evt-002',
            },
          },
        ],
      },
    },
  },
};

const SINGLE = {
  data: {
    type: 'event',
    attributes: {
      profile: { data: { type: 'profile', attributes: { anonymous_id: 'anon-77' } } },
      metric: metric('Plan Chosen'),
      properties: { seats: 4 },
      time: '2026-08-01T10:15:30.000Z',
      unique_id: 'evt-001',
    },
  },
};

const PROFILE = { data: { type: 'profile', attributes: { anonymous_id: 'anon-77', email: 'mia@example.org' } } };

/** vendors.md 1.10: the flat shape of 2023-01-24, whose life is over. */
const FLAT = {
  data: {
    type: 'event',
    attributes: {
      profile: { $email: 'mia@example.org', plan: 'team' },
      metric: { name: 'Plan Chosen' },
      properties: { seats: 4 },
      time: '2026-08-01T10:15:30',
      value: 49.5,
      unique_id: 'evt-001',
    },
  },
};

const opened = closedAfterEach();

async function klaviyo(options: KlaviyoOptions = {}) {
  const standIn = await opened(startKlaviyo({ now: () => NOW, ...options }));
  const to = (path: string) => `${standIn.url}/client/${path}?company_id=DEMO01`;
  return {
    standIn,
    to,
    single: (body: unknown, headers: Record<string, string> = HEADERS) => exchange(to('events'), headers, body),
    bulk: (body: unknown, headers: Record<string, string> = HEADERS) =>
      exchange(to('event-bulk-create'), headers, body),
    profile: (body: unknown) => exchange(to('profiles'), HEADERS, body),
  };
}

const pointerOf = (json: unknown) => (json as { errors: { source: { pointer?: string } }[] }).errors[0]?.source.pointer;

describe('what Klaviyo takes', () => {
  test('a bulk: 202 without a body, each event recorded under its unique_id', async () => {
    const { standIn, bulk } = await klaviyo();
    const { status, text, headers } = await bulk(BULK);
    expect([status, text]).toEqual([202, '']);
    expect(headers.get('ratelimit-limit')).toBe('150');
    expect(headers.get('ratelimit-remaining')).toBe('149');
    expect(standIn.accepted().map(({ id, name, count, repeats }) => [id, name, count, repeats])).toEqual([
      ['evt-001', 'Plan Chosen', 1, 0],
      ['evt-002', 'Trial Started', 1, 0],
    ]);
    expect(standIn.requests()).toEqual([
      { at: NOW, method: 'POST', path: '/client/event-bulk-create', status: 202, ids: ['evt-001', 'evt-002'] },
    ]);
  });

  test('a single event, as application/json too', async () => {
    const { single } = await klaviyo();
    expect((await single(SINGLE, { ...HEADERS, 'content-type': 'application/json; charset=utf-8' })).status).toBe(202);
  });

  test('a profile upsert, logged but no event', async () => {
    const { standIn, profile } = await klaviyo();
    expect((await profile(PROFILE)).status).toBe(202);
    expect(standIn.accepted()).toEqual([]);
    expect(standIn.requests()[0]).toMatchObject({ path: '/client/profiles', status: 202 });
  });

  test('a thousand events in one bulk', async () => {
    const { standIn, bulk } = await klaviyo();
    const events = Array.from({ length: 1000 }, (_, index) => ({
      type: 'event',
      attributes: { metric: metric('Plan Chosen'), properties: {}, unique_id: `evt-${index}` },
    }));
    expect((await bulk(changed(BULK, ['data', 'attributes', 'events', 'data'], events))).status).toBe(202);
    expect(standIn.accepted()).toHaveLength(1000);
  });
});

describe('what Klaviyo refuses in a single event', () => {
  const at = (...path: (string | number)[]) => ['data', 'attributes', ...path];
  const nested = (levels: number): unknown => (levels === 0 ? 1 : { inner: nested(levels - 1) });
  const numbered = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 1]));
  const profileAt = at('profile', 'data', 'attributes');

  const broken: [rule: string, path: (string | number)[], value: unknown, pointer: string][] = [
    ['wrong resource type', ['data', 'type'], 'events', '/data/type'],
    ['no metric', at('metric'), undefined, '/data/attributes/metric'],
    ['flat metric', at('metric'), { name: 'Plan Chosen' }, '/data/attributes/metric/data'],
    [
      'metric name of 128',
      at('metric', 'data', 'attributes', 'name'),
      'x'.repeat(128),
      '/data/attributes/metric/data/attributes/name',
    ],
    ['no properties', at('properties'), undefined, '/data/attributes/properties'],
    ['no profile', at('profile'), undefined, '/data/attributes/profile'],
    ['no identifier', profileAt, {}, '/data/attributes/profile/data/attributes'],
    [
      'phone not E.164',
      [...profileAt, 'phone_number'],
      '0151 123',
      '/data/attributes/profile/data/attributes/phone_number',
    ],
    [
      'external_id of 256',
      [...profileAt, 'external_id'],
      'x'.repeat(256),
      '/data/attributes/profile/data/attributes/external_id',
    ],
    [
      'unknown profile field',
      [...profileAt, 'phone'],
      '+4915112345678',
      '/data/attributes/profile/data/attributes/phone',
    ],
    ['unknown field', at('currency'), 'EUR', '/data/attributes/currency'],
    ['e-mail without @', [...profileAt, 'email'], 'mia', '/data/attributes/profile/data/attributes/email'],
    [
      'latitude as a yes',
      [...profileAt, 'location'],
      { latitude: true },
      '/data/attributes/profile/data/attributes/location/latitude',
    ],
    ['meta beside the attributes', at('profile', 'data', 'meta'), {}, '/data/attributes/profile/data/meta'],
    ['time as a number', at('time'), NOW, '/data/attributes/time'],
    ['time no ISO', at('time'), 'Sat, 01 Aug 2026 10:15:30 GMT', '/data/attributes/time'],
    ['time before 1990', at('time'), '1989-12-31T23:59:59Z', '/data/attributes/time'],
    ['time over a year ahead', at('time'), '2027-08-01T10:16:31Z', '/data/attributes/time'],
    ['value as text', at('value'), '49.5', '/data/attributes/value'],
    ['currency in lower case', at('value_currency'), 'eur', '/data/attributes/value_currency'],
    ['401 properties', at('properties'), numbered(401), '/data/attributes/properties'],
    ['string over 100 KB', at('properties', 'long'), 'ä'.repeat(51_201), '/data/attributes/properties/long'],
    ['array of 4001', at('properties', 'list'), new Array(4001).fill(1), '/data/attributes/properties/list'],
    ['11 levels', at('properties', 'deep'), nested(11), `/data/attributes/properties/deep${'/inner'.repeat(10)}`],
  ];

  test.each(broken)('%s', async (_rule, path, value, pointer) => {
    const { standIn, single } = await klaviyo();
    const { status, json } = await single(changed(SINGLE, path, value));
    expect(status).toBe(400);
    expect(pointerOf(json)).toBe(pointer);
    expect(json).toMatchObject({ errors: [{ id: expect.any(String), status: 400, code: 'invalid' }] });
    expect(standIn.accepted()).toEqual([]);
    expect(standIn.requests()[0]).toMatchObject({
      status: 400,
      ids: ['evt-001'],
      reason: expect.stringContaining(pointer),
    });
  });

  const allowed: [rule: string, path: (string | number)[], value: unknown][] = [
    ['metric name of 127', at('metric', 'data', 'attributes', 'name'), 'x'.repeat(127)],
    ['400 properties', at('properties'), numbered(400)],
    ['10 levels', at('properties', 'deep'), nested(10)],
    ['array of 4000', at('properties', 'list'), new Array(4000).fill(1)],
    ['meta among the attributes', [...profileAt, 'meta'], { patch_properties: { unset: ['plan'] } }],
    ['latitude as text', [...profileAt, 'location'], { latitude: '47.07', longitude: 15.44 }],
    ['phone in E.164', [...profileAt, 'phone_number'], '+4915112345678'],
    ['1990', at('time'), '1990-01-01T00:00:00Z'],
  ];
  test.each(allowed)('but takes %s', async (_rule, path, value) => {
    const { single } = await klaviyo();
    expect((await single(changed(SINGLE, path, value))).status).toBe(202);
  });

  test('an empty unique_id', async () => {
    const { single } = await klaviyo();
    const { status, json } = await single(changed(SINGLE, at('unique_id'), ''));
    expect([status, pointerOf(json)]).toEqual([400, '/data/attributes/unique_id']);
  });

  test('what is no JSON', async () => {
    const { single } = await klaviyo();
    expect((await single('{"data":')).status).toBe(400);
  });

  test('the flat shape, also under its own revision, which is retired', async () => {
    const { single } = await klaviyo();
    expect((await single(FLAT, { ...HEADERS, revision: '2023-01-24' })).status).toBe(400);
  });
});

describe('what Klaviyo refuses in a bulk', () => {
  const events = ['data', 'attributes', 'events', 'data'];

  test('one bad event: all of it, with a pointer to the event', async () => {
    const { standIn, bulk } = await klaviyo();
    const { status, json } = await bulk(changed(BULK, [...events, 1, 'attributes', 'time'], 'yesterday'));
    expect([status, pointerOf(json)]).toEqual([400, '/data/attributes/events/data/1/attributes/time']);
    expect(standIn.accepted()).toEqual([]);
  });

  test('meta among the attributes of the profile, which it takes beside them', async () => {
    const { bulk } = await klaviyo();
    const data = ['data', 'attributes', 'profile', 'data'];
    expect((await bulk(changed(BULK, [...data, 'attributes', 'meta'], {}))).status).toBe(400);
    expect((await bulk(changed(BULK, [...data, 'meta'], {}))).status).toBe(202);
  });

  test('a metric that is one more than the 200 of an account', async () => {
    const { bulk, single } = await klaviyo();
    const named = Array.from({ length: 200 }, (_, index) => ({
      type: 'event',
      attributes: { metric: metric(`metric ${index}`), properties: {}, unique_id: `evt-${index}` },
    }));
    expect((await bulk(changed(BULK, events, named))).status).toBe(202);
    const { status, json } = await single(SINGLE);
    expect([status, pointerOf(json)]).toEqual([400, '/data/attributes/metric']);
    expect((await single(changed(SINGLE, ['data', 'attributes', 'metric'], metric('metric 7')))).status).toBe(202);
  });

  test('a profile inside an entry', async () => {
    const { bulk } = await klaviyo();
    const { status } = await bulk(
      changed(BULK, [...events, 0, 'attributes', 'profile'], SINGLE.data.attributes.profile),
    );
    expect(status).toBe(400);
  });

  test('1001 events', async () => {
    const { bulk } = await klaviyo();
    const { status, json } = await bulk(
      changed(BULK, events, new Array(1001).fill(BULK.data.attributes.events.data[0])),
    );
    expect([status, pointerOf(json)]).toEqual([400, '/data/attributes/events/data']);
  });

  test('a unique_id twice in it', async () => {
    const { standIn, bulk } = await klaviyo();
    const first = BULK.data.attributes.events.data[0];
    const { status, json } = await bulk(changed(BULK, events, [first, first]));
    expect([status, pointerOf(json)]).toEqual([400, '/data/attributes/events/data/1/attributes/unique_id']);
    expect(standIn.accepted()).toEqual([]);
  });

  test('a unique_id of an earlier bulk or single', async () => {
    const { standIn, bulk, single } = await klaviyo();
    await single(SINGLE);
    const { status, json } = await bulk(BULK);
    expect([status, pointerOf(json)]).toEqual([400, '/data/attributes/events/data/0/attributes/unique_id']);
    expect(standIn.accepted().map(({ id }) => id)).toEqual(['evt-001']);

    const fresh = changed(BULK, [...events, 0, 'attributes', 'unique_id'], 'evt-003');
    expect((await bulk(fresh)).status).toBe(202);
    expect((await bulk(fresh)).status).toBe(400);
  });
});

describe('how Klaviyo deduplicates single events', () => {
  test('a repeat is ignored with 202, and counted as ignored', async () => {
    const { standIn, bulk, single } = await klaviyo();
    await bulk(BULK);
    expect((await single(SINGLE)).status).toBe(202);
    expect(standIn.accepted()[0]).toMatchObject({ id: 'evt-001', count: 1, repeats: 1 });
  });

  test('it is the same profile when one identifier is shared', async () => {
    const { standIn, single, profile } = await klaviyo();
    await single(SINGLE);
    await profile(PROFILE);
    await single(
      changed(SINGLE, ['data', 'attributes', 'profile', 'data', 'attributes'], { email: 'mia@example.org' }),
    );
    expect(standIn.accepted()[0]).toMatchObject({ count: 1, repeats: 1 });
  });

  test('for another profile the same unique_id is another event: a duplicate in effect', async () => {
    const { standIn, single } = await klaviyo();
    await single(SINGLE);
    await single(changed(SINGLE, ['data', 'attributes', 'profile', 'data', 'attributes'], { external_id: 'u-42' }));
    expect(standIn.accepted()[0]).toMatchObject({ id: 'evt-001', count: 2, repeats: 0 });
  });

  test('without unique_id, one event per profile, metric and second', async () => {
    const { standIn, single } = await klaviyo();
    const anonymous = changed(SINGLE, ['data', 'attributes', 'unique_id'], undefined);
    await single(anonymous);
    await single(changed(anonymous, ['data', 'attributes', 'time'], '2026-08-01T10:15:30.999Z'));
    await single(changed(anonymous, ['data', 'attributes', 'time'], '2026-08-01T10:15:31.000Z'));
    expect(standIn.accepted().map(({ count, repeats }) => [count, repeats])).toEqual([
      [1, 1],
      [1, 0],
    ]);
  });
});

describe('what Klaviyo refuses before it reads the body', () => {
  test('Authorization on /client', async () => {
    const { single } = await klaviyo();
    expect((await single(SINGLE, { ...HEADERS, authorization: 'Klaviyo-API-Key pk_1' })).status).toBe(401);
  });

  test('a missing or malformed revision', async () => {
    const { single } = await klaviyo();
    expect((await single(SINGLE, without(HEADERS, 'revision'))).status).toBe(400);
    expect((await single(SINGLE, { ...HEADERS, revision: 'latest' })).status).toBe(400);
  });

  test('a retired revision only when falling forward is declined', async () => {
    const { single } = await klaviyo();
    const retired = { ...HEADERS, revision: '2023-07-15' };
    expect((await single(SINGLE, { ...retired, 'x-klaviyo-revision-fall-forward-opt-out': '1' })).status).toBe(410);
    expect((await single(SINGLE, retired)).status).toBe(202);
  });

  test('what a revision does not know yet: backfill, 400 properties', async () => {
    const { single } = await klaviyo();
    const older = { ...HEADERS, revision: '2025-01-15' };
    const backfill = changed(SINGLE, ['data', 'attributes', 'backfill'], true);
    expect((await single(backfill, older)).status).toBe(400);
    expect((await single(backfill)).status).toBe(202);
    const many = Object.fromEntries(Array.from({ length: 301 }, (_, index) => [`p${index}`, 1]));
    expect((await single(changed(SINGLE, ['data', 'attributes', 'properties'], many), older)).status).toBe(400);
  });

  test('a missing or wrong company_id, naming the parameter', async () => {
    const { standIn } = await klaviyo();
    for (const query of ['', '?company_id=OTHER1']) {
      const { status, json } = await exchange(`${standIn.url}/client/events${query}`, HEADERS, SINGLE);
      expect(status).toBe(400);
      expect(json).toMatchObject({ errors: [{ source: { parameter: 'company_id' } }] });
    }
  });

  test('another content type, and a compressed body', async () => {
    const { single } = await klaviyo();
    expect((await single(SINGLE, { ...HEADERS, 'content-type': 'text/plain' })).status).toBe(415);
    expect((await single(SINGLE, { ...HEADERS, 'content-encoding': 'gzip' })).status).toBe(415);
  });

  test('another path, a trailing slash, another method', async () => {
    const { standIn, to } = await klaviyo();
    expect((await exchange(`${standIn.url}/client/event`, HEADERS, SINGLE)).status).toBe(404);
    expect((await exchange(to('events/'), HEADERS, SINGLE)).status).toBe(404);
    expect((await exchange(to('events'), HEADERS, SINGLE, 'PUT')).status).toBe(405);
  });

  test('more than 5 MB', async () => {
    const { bulk } = await klaviyo();
    expect((await bulk(' '.repeat(5_000_001))).status).toBe(413);
  });
});

describe('the rates of Klaviyo', () => {
  test('over 10 bulks a second: 429 with Retry-After and without RateLimit headers; the next second is free', async () => {
    let now = NOW + 400;
    const { bulk } = await klaviyo({ now: () => now });
    const numbered = (index: number) =>
      changed(
        BULK,
        ['data', 'attributes', 'events', 'data'],
        [{ type: 'event', attributes: { metric: metric('Plan Chosen'), properties: {}, unique_id: `evt-${index}` } }],
      );
    for (let index = 0; index < 10; index++) expect((await bulk(numbered(index))).status).toBe(202);
    const { status, headers } = await bulk(numbered(10));
    expect([status, headers.get('retry-after'), headers.get('ratelimit-limit')]).toEqual([429, '1', null]);
    now += 600;
    expect((await bulk(numbered(10))).status).toBe(202);
  });

  test('over the minute: until the minute is over', async () => {
    const { single } = await klaviyo({ now: () => NOW, singleRate: { perSecond: 10, perMinute: 2 } });
    await single(SINGLE);
    await single(SINGLE);
    expect((await single(SINGLE)).headers.get('retry-after')).toBe('30');
  });

  test('singles have their own, wider limit', async () => {
    const { single } = await klaviyo();
    for (let index = 0; index < 11; index++) {
      expect((await single(changed(SINGLE, ['data', 'attributes', 'unique_id'], `evt-${index}`))).status).toBe(202);
    }
  });
});
