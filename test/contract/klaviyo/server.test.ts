import { describe, expect, it } from 'vitest';
import { type KlaviyoOptions, startKlaviyo } from '../../../demo/vendors/klaviyo.js';
import { klaviyoMap } from '../../../src/adapters/klaviyo-map.js';
import type { TrackletEvent } from '../../../src/event/event.js';
import { type DeliverOptions, deliver } from '../../../src/server/deliver.js';
import { type KlaviyoServerOptions, klaviyoServer } from '../../../src/server/klaviyo.js';
import { NOW, sampleEvent } from '../../unit/adapters/sample-event.js';
import { closedAfterEach } from '../vendors/exchange.js';

const opened = closedAfterEach();

async function klaviyo(given: Partial<KlaviyoServerOptions> = {}, vendor: KlaviyoOptions = {}, now = NOW) {
  const standIn = await opened(startKlaviyo({ now: () => now, ...vendor }));
  const secret = given.accessToken ? {} : { privateKey: 'pk_demo' };
  const destination = klaviyoServer({ ...secret, endpoint: standIn.url, ...given } as KlaviyoServerOptions);
  const send = async (events: readonly TrackletEvent[], options: DeliverOptions = {}) =>
    Object.fromEntries(await deliver(destination, events, { now: () => now, ...options }));
  const calls = () => standIn.requests().map(({ path, status, ids }) => `${path} ${status} ${ids.join(' ')}`.trim());
  return { standIn, send, calls };
}

const event = (id: string, email = 'mia@example.org') => sampleEvent({ id, visitor: { email } });
const delivered = { kind: 'delivered' };

describe('klaviyoServer()', () => {
  it('delivers events of several visitors in one job, and one event by the call that ignores repeats', async () => {
    const { send, calls } = await klaviyo();
    expect(await send([event('a'), event('b', 'leo@example.org')])).toEqual({ a: delivered, b: delivered });
    expect(await send([event('c')])).toEqual({ c: delivered });
    expect(calls()).toEqual(['/api/event-bulk-create-jobs 202 a b', '/api/events 202 c']);
  });

  it('updates the profile on identify, for which an anonymous id is not enough', async () => {
    const { send, calls } = await klaviyo();
    const identify = (id: string, visitor: object) => sampleEvent({ id, type: 'identify', visitor });
    expect(await send([identify('i', { userId: 'u-42' }), identify('j', {}), event('a')])).toEqual({
      i: delivered,
      j: { kind: 'unidentified' },
      a: delivered,
    });
    expect(calls().sort()).toEqual(['/api/events 202 a', '/api/profile-import 201']);
  });

  it('finds the event that a job is refused for, by the pointer of the error', async () => {
    // The adapter would not write what Klaviyo refuses, so the rule is the stand-in's alone: its clock is two years behind.
    const { send, calls } = await klaviyo({}, { now: () => NOW - 2 * 366 * 86_400_000 });
    const late = { ...event('late') };
    const early = (id: string) => ({ ...event(id), time: NOW - 3 * 366 * 86_400_000 });
    expect(await send([early('a'), late, early('b')])).toMatchObject({
      a: delivered,
      late: { kind: 'rejected', reason: expect.stringContaining('time is out of range') },
      b: delivered,
    });
    expect(calls()).toEqual(['/api/event-bulk-create-jobs 400 a late b', '/api/event-bulk-create-jobs 202 a b']);
  });

  it.each(['reset-after-accept', 'gateway-timeout'] as const)(
    'sends one by one what may have arrived, so that no job fails for a repeat: %s',
    async (kind) => {
      const { standIn, send, calls } = await klaviyo();
      standIn.fault({ kind, times: 1 });
      const first = await send([event('a'), event('b')]);
      expect(first).toMatchObject({ a: { kind: 'waiting', unclear: true }, b: { kind: 'waiting', unclear: true } });
      expect(await send([event('a'), event('b')], { unclear: true })).toEqual({ a: delivered, b: delivered });
      expect(calls().slice(1).sort()).toEqual(['/api/events 202 a', '/api/events 202 b']);
      expect(standIn.accepted().map(({ count }) => count)).toEqual([1, 1]);
    },
  );

  it('delivers each once even when nobody said that a job may have arrived', async () => {
    const { standIn, send } = await klaviyo();
    await send([event('a'), event('b')]);
    const all = [event('a'), event('c'), event('b'), event('d')];
    expect(Object.values(await send(all))).toEqual([delivered, delivered, delivered, delivered]);
    expect(
      standIn
        .accepted()
        .map(({ id, count }) => [id, count])
        .sort(),
    ).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
      ['d', 1],
    ]);
  });

  it('never sends a job when told so', async () => {
    const { send, calls } = await klaviyo({ bulk: false });
    await send([event('a'), event('b')]);
    expect(calls().sort()).toEqual(['/api/events 202 a', '/api/events 202 b']);
  });

  it('puts a thousand events into a job at most', async () => {
    const { standIn, send } = await klaviyo();
    const events = Array.from({ length: 1_500 }, (_, index) => event(`e-${index}`));
    const fates = await send(events, { concurrency: 1 });
    expect(Object.keys(fates)).toEqual(events.map(({ id }) => id));
    expect(Object.values(fates).every(({ kind }) => kind === 'delivered')).toBe(true);
    expect(standIn.requests().map(({ ids }) => ids.length)).toEqual([1_000, 500]);
  });

  it('pauses for a wrong key, and sends nothing more', async () => {
    const { send, calls } = await klaviyo({ privateKey: 'pk_wrong' } as Partial<KlaviyoServerOptions>);
    const fates = await send([event('a'), { ...event('b'), type: 'identify' }], { concurrency: 1 });
    expect(Object.values(fates).map(({ kind }) => kind)).toEqual(['paused', 'paused']);
    expect(calls()).toHaveLength(1);
  });

  it('fetches an access token, and uses it until it ends', async () => {
    let fetched = 0;
    const accessToken = async () => {
      fetched++;
      return { value: 'pk_demo', expiresAt: Date.now() + 3_600_000 };
    };
    const { send } = await klaviyo({ accessToken } as Partial<KlaviyoServerOptions>);
    expect(await send([event('a')])).toEqual({ a: delivered });
    expect(await send([event('b')])).toEqual({ b: delivered });
    expect(fetched).toBe(1);
  });

  it('fetches another access token when one is refused before its end, and pauses when that is refused too', async () => {
    const values = ['revoked', 'pk_demo', 'revoked', 'revoked', 'pk_demo'];
    const accessToken = async () => ({ value: values.shift() ?? '', expiresAt: Date.now() + 3_600_000 });
    const { standIn, send } = await klaviyo({ accessToken } as Partial<KlaviyoServerOptions>);
    expect(await send([event('a')])).toMatchObject({ a: { kind: 'waiting', retryAfterMs: 0 } });
    expect(await send([event('a')])).toEqual({ a: delivered });
    standIn.fault({ kind: 'unauthorised', times: 1 });
    expect(await send([event('b')])).toMatchObject({ b: { kind: 'waiting' } });
    expect(await send([event('b')])).toMatchObject({ b: { kind: 'paused' } });
    expect(await send([event('b')])).toMatchObject({ b: { kind: 'paused' } });
    expect(await send([event('b')])).toEqual({ b: delivered });
  });

  it('writes the flat body of old, one event at a time, for visitors with an e-mail address or a phone number', async () => {
    const then = Date.UTC(2024, 0);
    const map = klaviyoMap(() => ({ profile: { location: { city: 'Graz' }, properties: { plan: 'team' } } }));
    const { standIn, send, calls } = await klaviyo({ format: 'legacy', map }, {}, then);
    const flat = (id: string, visitor: object) =>
      sampleEvent({ id, time: then - 1_000, value: 49.5, currency: 'EUR', properties: { seats: 4 }, visitor });
    const mia = { email: 'mia@example.org', phone: '+4366412345678', traits: { firstName: 'Mia' } };
    expect(
      await send([flat('a', mia), flat('b', { userId: 'u-42' }), { ...flat('c', mia), type: 'identify' }]),
    ).toEqual({
      a: delivered,
      b: { kind: 'unidentified' },
      c: { kind: 'not-applicable' },
    });
    expect(calls()).toEqual(['/api/events/ 202 a']);
    expect(standIn.accepted()[0]?.body).toEqual({
      profile: {
        ...{ plan: 'team', $email: 'mia@example.org', $phone_number: '+4366412345678', $first_name: 'Mia' },
        $city: 'Graz',
      },
      metric: { name: 'Plan Chosen' },
      properties: { currency: 'EUR', seats: 4, session_id: '', page_url: '', page_referrer: '', page_title: '' },
      time: new Date(then - 1_000).toISOString(),
      value: 49.5,
      unique_id: 'a',
    });
  });
});

describe('the options of klaviyoServer()', () => {
  const make = (options: object) => () => klaviyoServer(options as KlaviyoServerOptions);

  it.each([
    ['privateKey', {}],
    ['privateKey', { privateKey: 'ABC123' }],
    ['privateKey', { accessToken: 'a text' }],
    ['format', { privateKey: 'pk_1', format: 'flat' }],
    ['revision', { privateKey: 'pk_1', revision: 'latest' }],
    ['revision', { privateKey: 'pk_1', revision: '2023-07-15' }],
    ['revision', { privateKey: 'pk_1', revision: '2030-99-99' }],
  ])('refuse a wrong %s: %j', (option, options) => {
    expect(make(options)).toThrow(TypeError);
    expect(make(options)).toThrow(`tracklet: klaviyoServer({ ${option} }) must be`);
  });

  it('keep the secret out of what an adapter writes', () => {
    const { adapter } = klaviyoServer({ privateKey: 'pk_secret' });
    expect(JSON.stringify(adapter.toRequest([event('a')], { now: NOW, unclear: false, attempt: 1 }))).not.toContain(
      'pk_',
    );
  });
});
