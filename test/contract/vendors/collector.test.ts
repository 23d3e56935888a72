import { describe, expect, test } from 'vitest';
import { startCollector } from '../../../demo/vendors/collector.js';
import type { TrackletEvent } from '../../../src/event/event.js';
import { changed, closedAfterEach, exchange, NOW } from './exchange.js';

const HEADERS = { 'content-type': 'application/json' };

const EVENT: TrackletEvent = {
  id: 'V1StGXR8_Z5jdHi6B-myT',
  type: 'track',
  name: 'Plan Chosen',
  time: NOW,
  properties: { plan: 'team', tags: ['a'] },
  value: 49.5,
  currency: 'EUR',
  visitor: { anonymousId: 'anon-77', userId: 'u-42', ids: { airshipChannel: 'c-1' }, traits: { plan: 'team' } },
  session: { id: 's-1', startedAt: NOW - 1_000, number: 1, eventIndex: 2 },
  page: { url: 'https://shop.example/plans', path: '/plans', title: 'Plans', referrer: '', viewId: 'v-1' },
  context: {
    campaign: { source: 'mail' },
    locale: 'de-AT',
    timezone: '',
    screen: { width: 1920, height: 1080 },
    viewport: { width: 1280, height: 720 },
    library: { name: 'tracklet', version: '0.1.0' },
  },
};

const BATCH = { sentAt: NOW, events: [EVENT] };

const opened = closedAfterEach();

async function collector() {
  const standIn = await opened(startCollector());
  const post = (body: unknown, headers: Record<string, string> = HEADERS) =>
    exchange(`${standIn.url}/t`, headers, body);
  return { standIn, post };
}

describe('what the collector takes', () => {
  test('a neutral batch', async () => {
    const { standIn, post } = await collector();
    const { status, json } = await post(BATCH);
    expect([status, json]).toEqual([200, { accepted: 1 }]);
    expect(standIn.accepted()).toMatchObject([{ id: EVENT.id, name: 'Plan Chosen', count: 1, body: EVENT }]);
  });

  test('the least there is', async () => {
    const { post } = await collector();
    const { value: _value, currency: _currency, ...rest } = EVENT;
    const { campaign: _campaign, ...context } = EVENT.context;
    const least = { ...rest, context, properties: {}, visitor: { anonymousId: 'anon-77' } };
    expect((await post({ sentAt: NOW, events: [least] })).status).toBe(200);
  });

  test('a repeat as a duplicate', async () => {
    const { standIn, post } = await collector();
    await post({ sentAt: NOW, events: [EVENT, EVENT] });
    expect(standIn.accepted()).toMatchObject([{ count: 2, repeats: 0 }]);
  });
});

describe('what the collector refuses', () => {
  const broken: [rule: string, path: (string | number)[], value: unknown][] = [
    ['no sentAt', ['sentAt'], undefined],
    ['sentAt with a fraction', ['sentAt'], NOW + 0.5],
    ['no events', ['events'], undefined],
    ['an empty batch', ['events'], []],
    ['an unknown key beside the events', ['lane'], 'relay'],
    ['no id', ['events', 0, 'id'], undefined],
    ['an unknown type', ['events', 0, 'type'], 'click'],
    ['an empty name', ['events', 0, 'name'], ''],
    ['time as text', ['events', 0, 'time'], '2026-08-01T10:15:30Z'],
    ['properties as a list', ['events', 0, 'properties'], []],
    ['value null', ['events', 0, 'value'], null],
    ['currency in lower case', ['events', 0, 'currency'], 'eur'],
    ['no anonymousId', ['events', 0, 'visitor', 'anonymousId'], undefined],
    ['no session', ['events', 0, 'session'], undefined],
    ['eventIndex 0', ['events', 0, 'session', 'eventIndex'], 0],
    ['no page title', ['events', 0, 'page', 'title'], undefined],
    ['no library', ['events', 0, 'context', 'library'], undefined],
    ['an unknown field', ['events', 0, 'messageId'], 'x'],
  ];
  test.each(broken)('%s', async (_rule, path, value) => {
    const { standIn, post } = await collector();
    const { status, json } = await post(changed<unknown>(BATCH, path, value));
    expect(status).toBe(400);
    expect(json).toEqual({ error: { message: expect.any(String), pointer: `/${path.join('/')}` } });
    expect(standIn.accepted()).toEqual([]);
  });

  test('no JSON 400, another type 415, another path 404, another method 405, over 1 MB 413', async () => {
    const { standIn, post } = await collector();
    expect((await post('{')).status).toBe(400);
    expect((await post(BATCH, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await exchange(`${standIn.url}/collect`, HEADERS, BATCH)).status).toBe(404);
    expect((await exchange(`${standIn.url}/t`, HEADERS, BATCH, 'PUT')).status).toBe(405);
    expect((await post(' '.repeat(1_000_001))).status).toBe(413);
  });
});
