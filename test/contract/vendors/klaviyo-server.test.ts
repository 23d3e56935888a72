import { describe, expect, test } from 'vitest';
import { type KlaviyoOptions, startKlaviyo } from '../../../demo/vendors/klaviyo.js';
import { changed, closedAfterEach, exchange, NOW, without } from './exchange.js';

const HEADERS = {
  authorization: 'Klaviyo-API-Key pk_demo',
  revision: '2026-07-15',
  'content-type': 'application/vnd.api+json',
};

const metric = (name: string) => ({ data: { type: 'metric', attributes: { name } } });
const event = (id: string) => ({
  type: 'event',
  attributes: { metric: metric('Plan Chosen'), properties: {}, time: '2026-08-01T10:15:30Z', unique_id: id },
});
const profile = (email: string) => ({ data: { type: 'profile', attributes: { email } } });
const entry = (email: string, ...ids: string[]) => ({
  type: 'event-bulk-create',
  attributes: { profile: profile(email), events: { data: ids.map(event) } },
});
const job = (...entries: unknown[]) => ({
  data: { type: 'event-bulk-create-job', attributes: { 'events-bulk-create': { data: entries } } },
});

const SINGLE = {
  data: { type: 'event', attributes: { ...event('evt-001').attributes, profile: profile('mia@example.org') } },
};
const JOB = job(entry('mia@example.org', 'evt-001', 'evt-002'), entry('leo@example.org', 'evt-003'));
const PROFILE = profile('mia@example.org');

/** vendors.md 1.10 */
const FLAT = {
  data: {
    type: 'event',
    attributes: {
      profile: { $email: 'mia@example.org', plan: 'team' },
      metric: { name: 'Plan Chosen' },
      properties: { seats: 4 },
      time: '2023-08-01T10:15:30',
      value: 49.5,
      unique_id: 'evt-001',
    },
  },
};
const FLAT_HEADERS = { ...HEADERS, revision: '2023-01-24', 'content-type': 'application/json' };
/** While the flat revision lived. */
const THEN = Date.UTC(2024, 0);

const opened = closedAfterEach();

async function klaviyo(options: KlaviyoOptions = {}) {
  const standIn = await opened(startKlaviyo({ now: () => NOW, ...options }));
  const post =
    (path: string, usual: Record<string, string> = HEADERS) =>
    (body: unknown, headers = usual) =>
      exchange(`${standIn.url}/api/${path}`, headers, body);
  return {
    standIn,
    single: post('events'),
    bulk: post('event-bulk-create-jobs'),
    update: post('profile-import'),
    flat: post('events/', FLAT_HEADERS),
  };
}

const pointerOf = (json: unknown) => (json as { errors: { source: { pointer?: string } }[] }).errors[0]?.source.pointer;
const at = (...path: (string | number)[]) => ['data', 'attributes', 'events-bulk-create', 'data', ...path];
const AT = '/data/attributes/events-bulk-create/data';
const nested = (levels: number): unknown => (levels === 0 ? 1 : { inner: nested(levels - 1) });

describe('what Klaviyo takes from servers', () => {
  test('a single event, by key or by token: 202 without a body', async () => {
    const { standIn, single } = await klaviyo();
    const { status, text, headers } = await single(SINGLE);
    expect([status, text, headers.get('ratelimit-limit')]).toEqual([202, '', '3500']);
    expect((await single(SINGLE, { ...HEADERS, authorization: 'Bearer pk_demo' })).status).toBe(202);
    expect(standIn.accepted().map(({ id, count, repeats }) => [id, count, repeats])).toEqual([['evt-001', 1, 1]]);
  });

  test('a job with events of several profiles', async () => {
    const { standIn, bulk } = await klaviyo();
    const { status, headers } = await bulk(JOB);
    expect([status, headers.get('ratelimit-limit')]).toEqual([202, '150']);
    expect(standIn.accepted().map(({ id }) => id)).toEqual(['evt-001', 'evt-002', 'evt-003']);
    expect(standIn.requests()[0]?.ids).toEqual(['evt-001', 'evt-002', 'evt-003']);
  });

  test('a profile: 201 when it is new, 200 when it was known', async () => {
    const { standIn, update } = await klaviyo();
    const { status, json, headers } = await update(PROFILE);
    expect([status, headers.get('ratelimit-limit')]).toEqual([201, '750']);
    expect(json).toMatchObject({ data: { type: 'profile', attributes: { email: 'mia@example.org' } } });
    expect((await update(PROFILE)).status).toBe(200);
    expect(standIn.accepted()).toEqual([]);
  });

  test('the flat shape, while its revision lived', async () => {
    const { standIn, flat } = await klaviyo({ now: () => THEN });
    expect((await flat(FLAT)).status).toBe(202);
    expect(standIn.accepted().map(({ id, name }) => [id, name])).toEqual([['evt-001', 'Plan Chosen']]);
  });
});

describe('what Klaviyo refuses from servers', () => {
  test('a missing key, a wrong one, and the public one', async () => {
    const { single, bulk, update, standIn } = await klaviyo();
    expect((await single(SINGLE, without(HEADERS, 'authorization'))).status).toBe(401);
    expect((await bulk(JOB, { ...HEADERS, authorization: 'Klaviyo-API-Key pk_other' })).status).toBe(401);
    expect((await update(PROFILE, { ...HEADERS, authorization: 'DEMO01' })).status).toBe(401);
    expect(standIn.accepted()).toEqual([]);
  });

  test.each([
    ['a wrong type of job', ['data', 'type'], 'event-bulk-create', '/data/type'],
    ['an entry without a profile', at(1, 'attributes', 'profile'), undefined, `${AT}/1/attributes/profile`],
    [
      'a profile without an identifier',
      at(1, 'attributes', 'profile', 'data', 'attributes'),
      {},
      `${AT}/1/attributes/profile/data/attributes`,
    ],
    [
      'meta among the attributes of a profile',
      at(0, 'attributes', 'profile', 'data', 'attributes', 'meta'),
      {},
      `${AT}/0/attributes/profile/data/attributes/meta`,
    ],
    [
      'a bad time',
      at(0, 'attributes', 'events', 'data', 1, 'attributes', 'time'),
      '1989-12-31T00:00:00Z',
      `${AT}/0/attributes/events/data/1/attributes/time`,
    ],
    [
      'a profile inside an event',
      at(0, 'attributes', 'events', 'data', 1, 'attributes', 'profile'),
      PROFILE,
      `${AT}/0/attributes/events/data/1/attributes/profile`,
    ],
    [
      'a name of 128',
      at(0, 'attributes', 'events', 'data', 0, 'attributes', 'metric', 'data', 'attributes', 'name'),
      'x'.repeat(128),
      `${AT}/0/attributes/events/data/0/attributes/metric/data/attributes/name`,
    ],
    [
      '11 levels',
      at(0, 'attributes', 'events', 'data', 0, 'attributes', 'properties', 'deep'),
      nested(11),
      `${AT}/0/attributes/events/data/0/attributes/properties/deep${'/inner'.repeat(10)}`,
    ],
    [
      '1001 events over all profiles',
      at(0, 'attributes', 'events', 'data'),
      Array.from({ length: 1000 }, (_, index) => event(`e-${index}`)),
      AT,
    ],
    [
      'an id twice for one profile',
      at(1),
      entry('mia@example.org', 'evt-002'),
      `${AT}/1/attributes/events/data/0/attributes/unique_id`,
    ],
  ])('in a job: %s', async (_rule, path, value, pointer) => {
    const { standIn, bulk } = await klaviyo();
    const { status, json } = await bulk(changed<unknown>(JOB, path, value));
    expect([status, pointerOf(json)]).toEqual([400, pointer]);
    expect(standIn.accepted()).toEqual([]);
  });

  test('a job with an event that came before', async () => {
    const { bulk, single } = await klaviyo();
    await single(SINGLE);
    expect((await bulk(JOB)).status).toBe(400);
  });

  test('a profile with an anonymous id, or of more than 100 KB', async () => {
    const { update } = await klaviyo();
    expect((await update(changed<unknown>(PROFILE, ['data', 'attributes', 'anonymous_id'], 'a-1'))).status).toBe(400);
    expect((await update({ data: { type: 'profile', attributes: { anonymous_id: 'a-1' } } })).status).toBe(400);
    const large = { note: 'x'.repeat(103_000) };
    expect((await update(changed<unknown>(PROFILE, ['data', 'attributes', 'properties'], large))).status).toBe(400);
  });

  test.each([
    ['a nested metric', ['data', 'attributes', 'metric'], metric('Plan Chosen')],
    ['a nested profile', ['data', 'attributes', 'profile'], profile('mia@example.org')],
    ['neither e-mail address nor phone number', ['data', 'attributes', 'profile', '$email'], undefined],
    ['a currency', ['data', 'attributes', 'value_currency'], 'EUR'],
    ['a time before 2000', ['data', 'attributes', 'time'], '1999-12-31T23:59:59'],
    [
      '301 properties',
      ['data', 'attributes', 'properties'],
      Object.fromEntries(Array.from({ length: 301 }, (_, index) => [`p${index}`, 1])),
    ],
  ])('in the flat shape: %s', async (_rule, path, value) => {
    const { flat } = await klaviyo({ now: () => THEN });
    expect((await flat(changed<unknown>(FLAT, path, value))).status).toBe(400);
  });

  test('the path of another revision', async () => {
    const { flat, single } = await klaviyo();
    expect((await flat(FLAT)).status).toBe(404);
    expect((await single(FLAT, FLAT_HEADERS)).status).toBe(400);
    const then = await klaviyo({ now: () => THEN });
    expect((await then.single(SINGLE, FLAT_HEADERS)).status).toBe(404);
  });
});

describe('the rates of Klaviyo for servers', () => {
  test('10 jobs a second, whatever the single calls have used', async () => {
    const { bulk, single } = await klaviyo();
    for (let index = 0; index < 10; index++) {
      expect((await bulk(job(entry('mia@example.org', `evt-${index}`)))).status).toBe(202);
    }
    const { status, headers } = await bulk(job(entry('mia@example.org', 'evt-10')));
    expect([status, headers.get('retry-after')]).toEqual([429, '1']);
    expect((await single(SINGLE)).status).toBe(202);
  });
});
