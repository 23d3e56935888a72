import { describe, expect, test } from 'vitest';
import { startAirship } from '../../../demo/vendors/airship.js';
import { changed, closedAfterEach, exchange, NOW, without } from './exchange.js';

const HEADERS = {
  authorization: 'Bearer demo-airship-token',
  'x-ua-appkey': 'demo-app-key-000000001',
  accept: 'application/vnd.urbanairship+json; version=3',
  'content-type': 'application/json',
};

/** vendors.md 2.8. */
const BATCH = [
  {
    occurred: '2026-08-01T10:15:30',
    user: { named_user_id: 'u-42' },
    body: {
      name: 'plan_chosen',
      value: 49.5,
      unique_id: 'evt-001',
      interaction_type: 'url',
      interaction_id: '/plans?ref=top',
      session_id: '0f5f2a44-0000-4000-8000-00000000000a',
      properties: { plan: 'team', currency: 'EUR', event_id: 'evt-001', page_title: 'Plans' },
    },
  },
];

const CHANNEL = '0f5f2a44-0000-4000-8000-00000000000d';

const opened = closedAfterEach();

async function airship() {
  const standIn = await opened(startAirship({ now: () => NOW }));
  const post = (body: unknown, headers: Record<string, string> = HEADERS) =>
    exchange(`${standIn.url}/api/custom-events`, headers, body);
  return { standIn, post };
}

describe('what Airship takes', () => {
  test('a bare array: 200 with ok and operation_id', async () => {
    const { standIn, post } = await airship();
    const { status, json } = await post(BATCH);
    expect([status, json]).toEqual([200, { ok: true, operation_id: expect.any(String) }]);
    expect(standIn.accepted()).toMatchObject([{ id: 'evt-001', name: 'plan_chosen', count: 1, repeats: 0 }]);
  });

  test('a hundred events', async () => {
    const { post } = await airship();
    expect((await post(new Array(100).fill(BATCH[0]))).status).toBe(200);
  });

  test('the same event again: no deduplication, a duplicate', async () => {
    const { standIn, post } = await airship();
    await post(BATCH);
    await post(BATCH);
    expect(standIn.accepted()).toMatchObject([{ count: 2, repeats: 0 }]);
  });

  test('properties.event_id stands in for unique_id; without either, events count one by one', async () => {
    const { standIn, post } = await airship();
    await post(changed(BATCH, [0, 'body', 'unique_id'], undefined));
    await post([{ user: { named_user_id: 'u-42' }, body: { name: 'bare' } }]);
    await post([{ user: { named_user_id: 'u-42' }, body: { name: 'bare' } }]);
    expect(standIn.accepted().map(({ id, count }) => [id, count])).toEqual([
      ['evt-001', 1],
      ['no-id-1', 1],
      ['no-id-2', 1],
    ]);
  });

  const allowed: [rule: string, path: (string | number)[], value: unknown][] = [
    ['a Z and a blank in occurred', [0, 'occurred'], '2026-08-01 10:15:30Z'],
    ['now', [0, 'occurred'], '2026-08-01T10:16:30'],
    ['90 days ago', [0, 'occurred'], '2026-05-03T10:16:30'],
    ['no occurred', [0, 'occurred'], undefined],
    ['a channel', [0, 'user'], { channel: CHANNEL }],
    ['a web channel', [0, 'user'], { web_channel: CHANNEL }],
    ['an iOS channel', [0, 'user'], { ios_channel: CHANNEL }],
    ['an Android channel', [0, 'user'], { android_channel: CHANNEL }],
    ['an Amazon channel', [0, 'user'], { amazon_channel: CHANNEL }],
    ['six decimals', [0, 'body', 'value'], 0.123456],
    ['nested properties', [0, 'body', 'properties', 'items'], [{ sku: 'a', tags: ['x'] }]],
  ];
  test.each(allowed)('%s', async (_rule, path, value) => {
    const { post } = await airship();
    expect((await post(changed(BATCH, path, value))).status).toBe(200);
  });
});

describe('what Airship refuses with 400', () => {
  const broken: [rule: string, path: (string | number)[], value: unknown, culprit: string][] = [
    ['upper case in the name', [0, 'body', 'name'], 'Plan_chosen', '[0].body.name'],
    ['an empty name', [0, 'body', 'name'], '', '[0].body.name'],
    ['no name', [0, 'body', 'name'], undefined, '[0].body.name'],
    ['name of 255', [0, 'body', 'name'], 'x'.repeat(255), '[0].body.name'],
    ['milliseconds in occurred', [0, 'occurred'], '2026-08-01T10:15:30.000Z', '[0].occurred'],
    ['an offset in occurred', [0, 'occurred'], '2026-08-01T10:15:30+02:00', '[0].occurred'],
    ['no such date', [0, 'occurred'], '2026-13-01T10:15:30', '[0].occurred'],
    ['the future', [0, 'occurred'], '2026-08-01T10:16:31', '[0].occurred'],
    ['over 90 days ago', [0, 'occurred'], '2026-05-03T10:16:29', '[0].occurred'],
    ['no user', [0, 'user'], undefined, '[0].user'],
    ['no selector', [0, 'user'], {}, '[0].user'],
    ['two selectors', [0, 'user', 'channel'], CHANNEL, '[0].user'],
    ['an e-mail address as selector', [0, 'user'], { email: 'mia@example.org' }, '[0].user.email'],
    ...['channel', 'web_channel', 'ios_channel', 'android_channel', 'amazon_channel'].map(
      (kind): [string, (string | number)[], unknown, string] => [
        `a ${kind} that is no UUID`,
        [0, 'user'],
        { [kind]: 'anon-77' },
        `[0].user.${kind}`,
      ],
    ),
    ['seven decimals', [0, 'body', 'value'], 0.1234567, '[0].body.value'],
    ['value as text', [0, 'body', 'value'], '49.5', '[0].body.value'],
    ['value over int32', [0, 'body', 'value'], 2 ** 31, '[0].body.value'],
    ['interaction_id of 255', [0, 'body', 'interaction_id'], 'x'.repeat(255), '[0].body.interaction_id'],
    ['string property of 256', [0, 'body', 'properties', 'a'], { b: 'x'.repeat(256) }, '[0].body.properties.a.b'],
    [
      'properties over 64 KB',
      [0, 'body', 'properties', 'a'],
      new Array(300).fill('x'.repeat(250)),
      '[0].body.properties',
    ],
    [
      '101 properties',
      [0, 'body', 'properties'],
      Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`p${index}`, index])),
      '[0].body.properties',
    ],
    ['transaction of 255', [0, 'body', 'transaction'], 'x'.repeat(255), '[0].body.transaction'],
    ['interaction_type of 255', [0, 'body', 'interaction_type'], 'x'.repeat(255), '[0].body.interaction_type'],
    ['a unique_id that is no text', [0, 'body', 'unique_id'], 7, '[0].body.unique_id'],
    ['a session id that is no text', [0, 'body', 'session_id'], 7, '[0].body.session_id'],
    ['an empty named user', [0, 'user'], { named_user_id: '' }, '[0].user.named_user_id'],
    ['value under int32', [0, 'body', 'value'], -(2 ** 31) - 1, '[0].body.value'],
    ['a field that is not known', [0, 'body', 'currency'], 'EUR', '[0].body.currency'],
    ['a misspelt field', [0, 'occured'], '2026-08-01T10:15:30', '[0].occured'],
  ];

  test.each(broken)('%s', async (_rule, path, value, culprit) => {
    const { standIn, post } = await airship();
    const { status, json } = await post(changed(BATCH, path, value));
    expect(status).toBe(400);
    expect(json).toMatchObject({ ok: false, error: expect.any(String), error_code: 40000, details: { path: culprit } });
    expect(standIn.accepted()).toEqual([]);
  });

  test('the whole array for one bad event in it', async () => {
    const { standIn, post } = await airship();
    const bad = changed(BATCH, [0, 'body', 'name'], 'Bad')[0];
    const { json } = await post([BATCH[0], bad]);
    expect(json).toMatchObject({ details: { path: '[1].body.name' } });
    expect(standIn.accepted()).toEqual([]);
  });

  test('101 events, none, a bare object, no JSON', async () => {
    const { post } = await airship();
    for (const body of [new Array(101).fill(BATCH[0]), [], BATCH[0], '[{']) expect((await post(body)).status).toBe(400);
  });

  test('another content type', async () => {
    const { post } = await airship();
    expect((await post(BATCH, { ...HEADERS, 'content-type': 'text/plain' })).status).toBe(400);
  });
});

describe('who Airship lets in', () => {
  test.each([
    ['no token', without(HEADERS, 'authorization')],
    ['a wrong token', { ...HEADERS, authorization: 'Bearer other' }],
    ['Basic', { ...HEADERS, authorization: `Basic ${btoa('demo-app-key-000000001:secret')}` }],
    ['no app key', without(HEADERS, 'x-ua-appkey')],
  ])('%s: 401 in plain text', async (_what, headers) => {
    const { post } = await airship();
    const { status, headers: answered, text } = await post(BATCH, headers);
    expect([status, answered.get('content-type'), text]).toEqual([401, 'text/plain', 'Unauthorized']);
  });

  test("another app's key: 403", async () => {
    const { post } = await airship();
    const { status, json } = await post(BATCH, { ...HEADERS, 'x-ua-appkey': 'other' });
    expect([status, json]).toEqual([403, { ok: false, error: expect.any(String), error_code: 40300 }]);
  });

  test.each(['*/*', 'application/json', 'application/vnd.urbanairship+json'])('Accept %s: 406', async (accept) => {
    const { post } = await airship();
    expect((await post(BATCH, { ...HEADERS, accept })).status).toBe(406);
  });

  test('another path 404, another method 405, over 5 MiB 413', async () => {
    const { standIn, post } = await airship();
    expect((await exchange(`${standIn.url}/api/events`, HEADERS, BATCH)).status).toBe(404);
    expect((await exchange(`${standIn.url}/api/custom-events`, HEADERS, BATCH, 'PUT')).status).toBe(405);
    expect((await post(' '.repeat(5 * 1024 * 1024 + 1))).status).toBe(413);
  });
});

describe('tokens of an OAuth client', () => {
  const CLIENT = { id: 'client:1', secret: 's/1', lifeSeconds: 60 };
  const BASIC = `Basic ${btoa('client%3A1:s%2F1')}`;
  const FORM = 'grant_type=client_credentials&sub=app%3Ademo-app-key-000000001&scope=evt';
  const FORM_HEADERS = { authorization: BASIC, 'content-type': 'application/x-www-form-urlencoded' };

  async function withClient() {
    let now = NOW;
    const standIn = await opened(startAirship({ now: () => now, client: CLIENT }));
    const ask = (form = FORM, headers: Record<string, string> = FORM_HEADERS) =>
      exchange(`${standIn.url}/token`, headers, form);
    const send = (token: string) =>
      exchange(`${standIn.url}/api/custom-events`, { ...HEADERS, authorization: `Bearer ${token}` }, BATCH);
    const tokenFor = async (form?: string) => ((await ask(form)).json as { access_token: string }).access_token;
    const pass = (ms: number) => {
      now += ms;
    };
    return { ask, send, tokenFor, pass };
  }

  test('are given for its id and secret, percent-encoded, and taken until they end', async () => {
    const { ask, send, tokenFor, pass } = await withClient();
    const { status, json } = await ask();
    expect([status, json]).toEqual([
      200,
      { access_token: expect.any(String), token_type: 'Bearer', expires_in: 60, scope: 'evt' },
    ]);
    const token = await tokenFor();
    expect((await send(token)).status).toBe(200);
    pass(60_000);
    expect((await send(token)).status).toBe(401);
  });

  test('without the scope evt may not send events: 403', async () => {
    const { send, tokenFor } = await withClient();
    expect((await send(await tokenFor(FORM.replace('=evt', '=psh')))).status).toBe(403);
  });

  test.each([
    ['another secret', FORM, { ...FORM_HEADERS, authorization: `Basic ${btoa('client%3A1:no')}` }, 401],
    [
      'a secret that is not percent-encoded',
      FORM,
      { ...FORM_HEADERS, authorization: `Basic ${btoa('client:1:s/1')}` },
      401,
    ],
    ['no client', FORM, without(FORM_HEADERS, 'authorization'), 401],
    ['JSON', '{}', { ...FORM_HEADERS, 'content-type': 'application/json' }, 400],
    ['another grant', FORM.replace('client_credentials', 'password'), FORM_HEADERS, 400],
    ['another app', FORM.replace('demo', 'other'), FORM_HEADERS, 400],
    ['no scope', FORM.replace('&scope=evt', ''), FORM_HEADERS, 400],
  ])('are refused for %s', async (_what, form, headers, status) => {
    const { ask } = await withClient();
    expect((await ask(form, headers)).status).toBe(status);
  });
});
