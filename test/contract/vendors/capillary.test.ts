import { describe, expect, test } from 'vitest';
import { type CapillaryOptions, startCapillary } from '../../../demo/vendors/capillary.js';
import type { DeclaredAttribute } from '../../../demo/vendors/capillary-definitions.js';
import { changed, closedAfterEach, exchange } from './exchange.js';

const HEADERS = { 'content-type': 'application/json' };

/** vendors.md 5.7. */
const EVENT = {
  event_name: 'plan_chosen',
  customer_id: 'u-42',
  event_id: 'evt-001',
  amount: 49.5,
  eventDateTime: '2026-08-01T10:15:30',
};

const opened = closedAfterEach();

async function capillary(options: CapillaryOptions = {}) {
  const standIn = await opened(startCapillary(options));
  const post = (body: unknown, headers: Record<string, string> = HEADERS) =>
    exchange(`${standIn.url}/webhooks/demo`, headers, body);
  return { standIn, post };
}

describe('what Capillary takes', () => {
  test('one flat event: 200 with code 1100 and a requestId', async () => {
    const { standIn, post } = await capillary();
    const { status, json } = await post(EVENT);
    expect(status).toBe(200);
    expect(json).toEqual({ status: { code: 1100, message: expect.any(String) }, requestId: expect.any(String) });
    expect(standIn.accepted()).toMatchObject([{ id: 'evt-001', name: 'plan_chosen', count: 1, repeats: 0 }]);
  });

  test.each(['2026-08-01T10:15:30Z', '2026-08-01T10:15:30+02:00', '2026-08-01 10:15:30', undefined])(
    'eventDateTime %s',
    async (time) => {
      const { post } = await capillary();
      expect((await post(changed(EVENT, ['eventDateTime'], time))).status).toBe(200);
    },
  );

  test('a duplicate over HTTP, without processing it', async () => {
    const { standIn, post } = await capillary();
    await post(EVENT);
    const { status, json } = await post(changed(EVENT, ['amount'], 1));
    expect([status, json]).toMatchObject([200, { status: { code: 1100 } }]);
    expect(standIn.accepted()).toMatchObject([{ count: 1, repeats: 1, body: EVENT }]);
  });

  test('the same id of another customer or event as something else', async () => {
    const { standIn, post } = await capillary();
    await post(EVENT);
    await post(changed(EVENT, ['customer_id'], 'u-43'));
    await post(changed(EVENT, ['event_name'], 'page_view'));
    expect(standIn.accepted()).toMatchObject([{ count: 3, repeats: 0 }]);
  });

  test('a duplicate twice when the webhook has no uniqueness check', async () => {
    const { standIn, post } = await capillary({ uniquenessCheck: false });
    await post(EVENT);
    await post(EVENT);
    expect(standIn.accepted()).toMatchObject([{ count: 2, repeats: 0 }]);
  });
});

describe('what Capillary refuses', () => {
  const broken: [rule: string, path: string[], value: unknown, code: number][] = [
    ['no name', ['event_name'], undefined, 1811],
    ['a name with blanks', ['event_name'], 'plan chosen', 1811],
    ['a name with a dash', ['event_name'], 'plan-chosen', 1811],
    ['a name that is not declared', ['event_name'], 'plan_changed', 1811],
    ['no customer', ['customer_id'], undefined, 1802],
    ['an empty customer', ['customer_id'], '', 1802],
    ['no event id though it is required', ['event_id'], undefined, 1802],
    ['a double as text', ['amount'], '49.5', 1802],
    ['a number for a string', ['currency'], 978, 1802],
    ['a nested value', ['product'], { sku: 'a' }, 1802],
    ['an undeclared key', ['plan'], 'team', 1802],
    ['milliseconds in the time', ['eventDateTime'], '2026-08-01T10:15:30.000Z', 1802],
    ['a time as a number', ['eventDateTime'], 1_785_579_330_000, 1802],
    ['an orgResolver that is no text', ['orgResolver'], 7, 1802],
    ['no such month', ['eventDateTime'], '2026-13-01T10:15:30', 1802],
  ];
  test.each(broken)('%s', async (_rule, path, value, code) => {
    const { standIn, post } = await capillary();
    const { status, json } = await post(changed(EVENT, path, value));
    expect([status, json]).toMatchObject([400, { status: { code } }]);
    expect(standIn.accepted()).toEqual([]);
  });

  test('a name from the prototype of objects', async () => {
    const { post } = await capillary();
    expect((await post(changed(EVENT, ['event_name'], 'constructor'))).status).toBe(400);
  });

  test('a batch, no JSON, another content type', async () => {
    const { post } = await capillary();
    expect((await post([EVENT])).status).toBe(400);
    expect((await post('{')).status).toBe(400);
    expect((await post(EVENT, { 'content-type': 'text/plain' })).status).toBe(400);
  });

  test('by a code in a 200, when it is told to', async () => {
    const { standIn, post } = await capillary({ refuseWith: 'code-in-200' });
    const { status, json } = await post(changed(EVENT, ['plan'], 'team'));
    expect([status, json]).toMatchObject([200, { status: { code: 1802 } }]);
    expect(standIn.accepted()).toEqual([]);
  });
});

describe('who Capillary lets in', () => {
  test('with a token configured, only that token', async () => {
    const { post } = await capillary({ token: 'jwt-1' });
    expect((await post(EVENT)).status).toBe(401);
    expect((await post(EVENT, { ...HEADERS, 'x-cap-api-oauth-token': 'jwt-0' })).status).toBe(401);
    expect((await post(EVENT, { ...HEADERS, 'x-cap-api-oauth-token': 'jwt-1' })).status).toBe(200);
  });

  test('another webhook 404, the definition API 401, another method 405', async () => {
    const { standIn } = await capillary();
    expect((await exchange(`${standIn.url}/webhooks/other`, HEADERS, EVENT)).status).toBe(404);
    expect((await exchange(`${standIn.url}/v2/events`, HEADERS, EVENT)).status).toBe(401);
    expect((await exchange(`${standIn.url}/webhooks/demo`, HEADERS, EVENT, 'PUT')).status).toBe(405);
  });
});

describe('what cannot be declared', () => {
  const customer: DeclaredAttribute = { type: 'customer', required: true };
  const elevenEvents = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`event_${index}`, { customer }]));
  const twentyAttributes = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`a${index}`, { type: 'string' } as const]),
  );
  test.each([
    ['eleven events', elevenEvents],
    ['twenty-one attributes', { event: { customer, ...twentyAttributes } }],
    ['an event without a customer', { event: {} }],
    ['a name with a blank', { 'plan chosen': { customer } }],
    ['a unique attribute that is not required', { event: { customer, id: { type: 'string', unique: true } as const } }],
  ])('%s', async (_what, declaredEvents) => {
    await expect(startCapillary({ declaredEvents })).rejects.toThrow(RangeError);
  });
});
