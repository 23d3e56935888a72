import { describe, expect, test } from 'vitest';
import { type GainsightOptions, startGainsight } from '../../../demo/vendors/gainsight.js';
import { changed, closedAfterEach, exchange, NOW, without } from './exchange.js';

const HEADERS = { 'x-aptrinsic-api-key': 'demo-gainsight-api-key', 'content-type': 'application/json' };

/** vendors.md 4.8, with the demo's product. */
const EVENT = {
  eventId: 'evt-001',
  eventName: 'Plan Chosen',
  identifyId: 'u-42',
  userType: 'USER',
  propertyKey: 'AP-DEMO-2',
  date: 1_785_579_330_000,
  sessionId: 's-1',
  accountId: 'acme',
  url: 'https://app.example/plans',
  referrer: 'https://app.example/',
  attributes: { plan: 'team', seats: 4, value: 49.5, currency: 'EUR', filters: '{"a":1}' },
};

const opened = closedAfterEach();

async function gainsight(options: GainsightOptions = {}) {
  const standIn = await opened(startGainsight(options));
  const post = (body: unknown, headers: Record<string, string> = HEADERS) =>
    exchange(`${standIn.url}/v1/events/custom`, headers, body);
  return { standIn, post };
}

const numbered = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 1]));

describe('what Gainsight PX takes', () => {
  test('one event: 201, the status once as text and once as a number', async () => {
    const { standIn, post } = await gainsight();
    const { status, json } = await post(EVENT);
    expect([status, json]).toEqual([201, { body: {}, statusCode: '201', statusCodeValue: 201 }]);
    expect(standIn.accepted()).toMatchObject([{ id: 'evt-001', name: 'Plan Chosen', count: 1 }]);
  });

  test('the same event again: a duplicate', async () => {
    const { standIn, post } = await gainsight();
    await post(EVENT);
    await post(EVENT);
    expect(standIn.accepted()).toMatchObject([{ count: 2, repeats: 0 }]);
  });

  test('a visitor, 50 attributes, a name of 2000', async () => {
    const { post } = await gainsight();
    expect((await post(changed(EVENT, ['userType'], 'VISITOR'))).status).toBe(201);
    expect((await post(changed(EVENT, ['attributes'], numbered(50)))).status).toBe(201);
    expect((await post(changed(EVENT, ['eventName'], 'x'.repeat(2000)))).status).toBe(201);
  });
});

describe('what Gainsight PX refuses with 400', () => {
  const broken: [rule: string, path: string[], value: unknown, message: string][] = [
    ['no name', ['eventName'], undefined, 'eventName is missing'],
    ['an empty name', ['eventName'], '', 'eventName'],
    ['name of 2001', ['eventName'], 'x'.repeat(2001), 'eventName'],
    ['no identifyId', ['identifyId'], undefined, 'identifyId is missing'],
    ['an empty identifyId', ['identifyId'], '', 'identifyId'],
    ['no propertyKey', ['propertyKey'], undefined, 'propertyKey is missing'],
    ['another product', ['propertyKey'], 'AP-OTHER-2', 'propertyKey'],
    ['no userType', ['userType'], undefined, 'userType is missing'],
    ['a userType that is none', ['userType'], 'ANONYMOUS', 'userType'],
    ['fractions of a millisecond', ['date'], 1_785_579_330_000.5, 'date'],
    ['an ISO date', ['date'], '2026-08-01T10:15:30.000Z', 'date'],
    ['seconds', ['date'], 1_785_579_330, 'date'],
    ['51 attributes', ['attributes'], numbered(51), 'attributes'],
    ['a nested attribute', ['attributes', 'filters'], { a: 1 }, 'filters'],
    ['a list as attribute', ['attributes', 'tags'], ['a'], 'tags'],
    ['null as attribute', ['attributes', 'plan'], null, 'plan'],
    ['an attribute key of 1025', ['attributes', 'k'.repeat(1025)], 1, 'attributes'],
    ['an attribute of 1025', ['attributes', 'plan'], 'x'.repeat(1025), 'plan'],
    ['an attribute twice but for case', ['attributes', 'PLAN'], 'team', 'PLAN'],
    ['a nested value in globalContext', ['globalContext'], { filters: { a: 1 } }, 'filters'],
    ['a value in globalContext twice but for case', ['globalContext'], { plan: 'a', Plan: 'b' }, 'Plan'],
    ['51 values in globalContext', ['globalContext'], numbered(51), 'globalContext'],
    ['a sessionId that is no text', ['sessionId'], 7, 'sessionId'],
    ['an eventId that is no text', ['eventId'], 7, 'eventId'],
    ['an accountId that is no text', ['accountId'], 7, 'accountId'],
    ['an eventType that is no text', ['eventType'], 7, 'eventType'],
    ['an address that is no text', ['url'], null, 'url'],
    ['a referrer that is no text', ['referrer'], null, 'referrer'],
    ['a host that is no text', ['remoteHost'], null, 'remoteHost'],
    ['an unknown field', ['value'], 49.5, 'value'],
  ];
  test.each(broken)('%s', async (_rule, path, value, message) => {
    const { standIn, post } = await gainsight();
    const { status, json } = await post(changed(EVENT, path, value));
    expect(status).toBe(400);
    expect(json).toEqual({
      externalapierror: {
        status: 'BAD_REQUEST',
        message: expect.stringContaining(message),
        debugMessage: null,
        subErrors: null,
      },
    });
    expect(standIn.accepted()).toEqual([]);
  });

  test('a 2001st name', async () => {
    const { post } = await gainsight({ perSecond: 1e9 });
    const statusOf = async (name: string) => (await post(changed(EVENT, ['eventName'], name))).status;
    for (let count = 0; count < 2000; count += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => statusOf(`name ${count + index}`)));
    }
    expect(await statusOf('one more')).toBe(400);
    expect(await statusOf('name 1')).toBe(201);
  }, 60_000);

  test('a batch, no JSON, another content type', async () => {
    const { post } = await gainsight();
    expect((await post([EVENT])).status).toBe(400);
    expect((await post('{')).status).toBe(400);
    expect((await post(EVENT, { ...HEADERS, 'content-type': 'text/plain' })).status).toBe(400);
  });
});

test('more than 200 requests a second get 429, without a word of when to come back', async () => {
  let now = NOW;
  const { post } = await gainsight({ now: () => now });
  for (let count = 0; count < 200; count += 50) await Promise.all(Array.from({ length: 50 }, () => post(EVENT)));
  const { status, headers, json } = await post(EVENT);
  expect([status, headers.get('retry-after')]).toEqual([429, null]);
  expect(json).toMatchObject({ externalapierror: { status: 'TOO_MANY_REQUESTS' } });
  now += 1_000;
  expect((await post(EVENT)).status).toBe(201);
});

describe('who Gainsight PX lets in', () => {
  test('no key: 401', async () => {
    const { post } = await gainsight();
    const { status, json } = await post(EVENT, without(HEADERS, 'x-aptrinsic-api-key'));
    expect([status, json]).toMatchObject([401, { externalapierror: { status: 'UNAUTHORIZED' } }]);
  });

  test('a key that may not write: 403 in HTML', async () => {
    const { post } = await gainsight();
    const { status, headers, text } = await post(EVENT, { ...HEADERS, 'x-aptrinsic-api-key': 'read-only' });
    expect([status, headers.get('content-type'), text.slice(0, 6)]).toEqual([403, 'text/html', '<html>']);
  });

  test('another path 404, another method 405', async () => {
    const { standIn } = await gainsight();
    expect((await exchange(`${standIn.url}/v1/custom_events`, HEADERS, EVENT)).status).toBe(404);
    expect((await exchange(`${standIn.url}/v1/events/custom`, HEADERS, EVENT, 'PUT')).status).toBe(405);
  });
});
