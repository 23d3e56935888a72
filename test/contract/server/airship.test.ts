import { describe, expect, test } from 'vitest';
import { startAirship } from '../../../demo/vendors/airship.js';
import { demoCredentials } from '../../../demo/vendors/demo-credentials.js';
import { type AirshipServerOptions, airshipServer } from '../../../src/server/airship-server.js';
import { deliver } from '../../../src/server/deliver.js';
import { sampleEvent } from '../../unit/adapters/sample-event.js';
import { closedAfterEach } from '../vendors/exchange.js';

const { appKey, token } = demoCredentials.airship;
const CLIENT = { id: 'client:1', secret: 's/1+2' };
const credentials = { clientId: CLIENT.id, clientSecret: CLIENT.secret };
const UUID_A = '0f5f2a44-0000-4000-8000-00000000000a';
const UUID_B = '0f5f2a44-0000-4000-8000-00000000000b';
const opened = closedAfterEach();
const eventOf = (id: string, over: object = {}) =>
  sampleEvent({ id, visitor: { userId: 'u-42' }, time: Date.now(), ...over });

async function vendor(lifeSeconds = 3_600) {
  const standIn = await opened(startAirship({ client: { ...CLIENT, lifeSeconds } }));
  const requestsTo = (path: string) => standIn.requests().filter((request) => request.path === path);
  return {
    standIn,
    tokens: () => requestsTo('/token').length,
    events: () => requestsTo('/api/custom-events'),
    options: { appKey, endpoint: standIn.url, tokenEndpoint: `${standIn.url}/token` },
  };
}

describe('a server and Airship', () => {
  test('send 250 events in three requests with a bearer token', async () => {
    const { standIn, options, events } = await vendor();
    const batch = Array.from({ length: 250 }, (_, index) => eventOf(`evt-${index}`));
    const fates = await deliver(airshipServer({ ...options, token }), batch);
    expect([...fates.values()].every(({ kind }) => kind === 'delivered')).toBe(true);
    expect(events().map(({ ids }) => ids.length)).toEqual([100, 100, 50]);
    expect(standIn.accepted().every(({ count }) => count === 1)).toBe(true);
    expect(standIn.accepted()).toHaveLength(250);
  });

  test('say of every event what became of it', async () => {
    const { options, events } = await vendor();
    const fates = await deliver(airshipServer({ ...options, token }), [
      eventOf('fine'),
      eventOf('nobody', { visitor: {} }),
      eventOf('old', { time: Date.now() - 91 * 86_400_000 }),
      eventOf('who', { type: 'identify' }),
    ]);
    expect(Object.fromEntries(fates)).toEqual({
      fine: { kind: 'delivered' },
      nobody: { kind: 'unidentified' },
      old: { kind: 'refused', reason: 'older than 90 days' },
      who: { kind: 'not-applicable' },
    });
    expect(events()).toHaveLength(1);
  });

  test.each(['channel', 'web_channel', 'ios_channel', 'android_channel', 'amazon_channel'] as const)(
    'name a visitor by a %s',
    async (kind) => {
      const { standIn, options } = await vendor();
      const channels = { [kind]: 'device' };
      const visitor = { ids: { device: UUID_A, other: UUID_B } };
      const fates = await deliver(airshipServer({ ...options, token, channels }), [eventOf('a', { visitor })]);
      expect(fates.get('a')).toEqual({ kind: 'delivered' });
      expect(standIn.accepted()[0]?.body).toMatchObject({ user: { [kind]: UUID_A } });
    },
  );

  test('name a visitor one way: the user id, ids.airshipChannel, then the first channel that is one', async () => {
    const { standIn, options } = await vendor();
    const channels = { ios_channel: 'phone', web_channel: 'browser' };
    const fates = await deliver(airshipServer({ ...options, token, channels }), [
      eventOf('user', { visitor: { userId: 'u-42', ids: { phone: UUID_A } } }),
      eventOf('airship', { visitor: { ids: { airshipChannel: UUID_B, phone: UUID_A } } }),
      eventOf('first', { visitor: { ids: { browser: UUID_B, phone: UUID_A } } }),
      eventOf('sound', { visitor: { ids: { browser: UUID_B, phone: 'phone-1' } } }),
      eventOf('nobody', { visitor: { ids: { phone: 'phone-1' } } }),
    ]);
    expect(fates.get('nobody')).toEqual({ kind: 'unidentified' });
    expect(standIn.accepted().map(({ body }) => (body as { user: object }).user)).toEqual([
      { named_user_id: 'u-42' },
      { channel: UUID_B },
      { ios_channel: UUID_A },
      { web_channel: UUID_B },
    ]);
  });

  test('let a `map` see the channel that was found', async () => {
    const { standIn, options } = await vendor();
    const map: AirshipServerOptions['map'] = (fields) => ({
      ...fields,
      transaction: Object.keys(fields.user ?? {})[0],
    });
    const destination = airshipServer({ ...options, token, map, channels: { amazon_channel: 'reader' } });
    await deliver(destination, [eventOf('a', { visitor: { ids: { reader: UUID_A } } })]);
    expect(standIn.accepted()[0]?.body).toMatchObject({ body: { transaction: 'amazon_channel' } });
  });

  test('drop the one event that Airship points at, and deliver its neighbours in one more request', async () => {
    const { options, events } = await vendor();
    const map: AirshipServerOptions['map'] = (fields, { id }) =>
      id === 'bad' ? { ...fields, transaction: 7 as never } : fields;
    const batch = ['a', 'b', 'bad', 'c', 'd', 'e'].map((id) => eventOf(id));
    const fates = await deliver(airshipServer({ ...options, token, map }), batch);
    expect(fates.get('bad')).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('[2].body.transaction'),
    });
    expect([...fates.values()].filter(({ kind }) => kind === 'delivered')).toHaveLength(5);
    expect(events().map(({ status }) => status)).toEqual([400, 200]);
  });

  test('fetch one OAuth token for many requests, and another before it ends', async () => {
    const { standIn, options, tokens, events } = await vendor(1);
    const destination = airshipServer({ ...options, ...credentials });
    await Promise.all(['a', 'b', 'c'].map((id) => deliver(destination, [eventOf(id)])));
    expect(tokens()).toBe(1);
    const begin = Date.now();
    for (let count = 0; tokens() < 2 && Date.now() - begin < 5_000; count++) {
      const fates = await deliver(destination, [eventOf(`later-${count}`)]);
      expect([...fates.values()]).toEqual([{ kind: 'delivered' }]);
    }
    expect(tokens()).toBe(2);
    // Renewed at half its life: nothing was ever refused.
    expect(events().filter(({ status }) => status !== 200)).toEqual([]);
    expect(standIn.accepted()[0]?.body).toMatchObject({ user: { named_user_id: 'u-42' } });
  });

  test('fetch a token anew once when it is refused before its end, then pause', async () => {
    const { standIn, options, tokens } = await vendor();
    const destination = airshipServer({ ...options, ...credentials });
    const send = async (id: string) => (await deliver(destination, [eventOf(id)])).get(id);
    await send('a');
    standIn.reset(); // forgets the token
    expect(await send('b')).toMatchObject({ kind: 'waiting', unclear: false });
    expect(await send('b')).toEqual({ kind: 'delivered' });
    expect(tokens()).toBe(1);
    standIn.fault({ kind: 'unauthorised', times: 2 });
    expect(await send('c')).toMatchObject({ kind: 'waiting' });
    // The fault strikes the token's request too: the client is refused, no event.
    expect(await send('c')).toMatchObject({ kind: 'paused', reason: expect.stringContaining('no token') });
    expect(await send('c')).toEqual({ kind: 'delivered' });
  });

  test('lose no more than what was on its way when a token is refused under several requests', async () => {
    const { standIn, options, tokens } = await vendor();
    const destination = airshipServer({ ...options, ...credentials });
    await deliver(destination, [eventOf('a')]);
    standIn.reset(); // forgets the token
    const batch = Array.from({ length: 250 }, (_, index) => eventOf(`evt-${index}`));
    const fates = [...(await deliver(destination, batch)).values()];
    expect(new Set(fates.map(({ kind }) => kind))).toEqual(new Set(['waiting']));
    const again = [...(await deliver(destination, batch)).values()];
    expect(new Set(again.map(({ kind }) => kind))).toEqual(new Set(['delivered']));
    expect(tokens()).toBe(1);
  });

  test('pause when a fixed token is refused, whose 401 is plain text', async () => {
    const { options } = await vendor();
    const fates = await deliver(airshipServer({ ...options, token: 'revoked' }), [eventOf('a')]);
    expect(fates.get('a')).toEqual({ kind: 'paused', reason: '401 Unauthorized' });
  });

  test('pause for a client that is refused, and never say its secret', async () => {
    const { options } = await vendor();
    const fates = await deliver(airshipServer({ ...options, clientId: 'x', clientSecret: 'sesame' }), [eventOf('a')]);
    expect(fates.get('a')).toMatchObject({ kind: 'paused', reason: expect.stringContaining('status 401') });
    expect(JSON.stringify([...fates])).not.toContain('sesame');
  });

  test('wait while the server that gives tokens is unwell', async () => {
    const { standIn, options } = await vendor();
    standIn.fault({ kind: 'error500', times: 1 });
    const destination = airshipServer({ ...options, ...credentials });
    const fates = await deliver(destination, [eventOf('a')]);
    expect(fates.get('a')).toMatchObject({ kind: 'waiting', reason: expect.stringContaining('status 500') });
    expect((await deliver(destination, [eventOf('a')])).get('a')).toEqual({ kind: 'delivered' });
  });

  test.each<[Partial<AirshipServerOptions>, string, string[]]>([
    [{ token }, 'https://go.urbanairship.com/api/custom-events', []],
    [{ token, region: 'eu' }, 'https://go.airship.eu/api/custom-events', []],
    [credentials, 'https://api.asnapius.com/api/custom-events', ['https://oauth2.asnapius.com/token']],
    [
      { ...credentials, region: 'eu' },
      'https://api.asnapieu.com/api/custom-events',
      ['https://oauth2.asnapieu.com/token'],
    ],
  ])('go to the hosts of their region and credential: %j', async (options, url, asked) => {
    const urls: string[] = [];
    const globalFetch = globalThis.fetch;
    globalThis.fetch = async (input) => {
      urls.push(String(input));
      return Response.json({ access_token: 't', expires_in: 60 });
    };
    try {
      const { adapter, headers } = airshipServer({ appKey, ...options } as AirshipServerOptions);
      expect(adapter.toRequest([eventOf('a')], { now: Date.now(), unclear: false, attempt: 1 }).url).toBe(url);
      await headers();
      expect(urls).toEqual(asked);
    } finally {
      globalThis.fetch = globalFetch;
    }
  });

  test.each([
    ['appKey', { appKey: '' }],
    ['token', { token: ' ' }],
    ['token, clientId', { clientId: 'x' }],
    ['clientId', { token: undefined }],
    ['clientSecret', { token: undefined, clientId: 'x', clientSecret: '' }],
    ['region', { region: 'asia' }],
    ['channels', { channels: { webChannel: 'browser' } }],
    ['endpoint', { endpoint: 'http://go.urbanairship.com' }],
    ['endpoint', { endpoint: 'https://go.urbanairship.com/' }],
    ['tokenEndpoint', { token: undefined, ...credentials, tokenEndpoint: 'http://oauth2.asnapius.com/token' }],
  ])('name the option that is wrong: %s', (option, over) => {
    const options = { appKey, token, ...over } as AirshipServerOptions;
    expect(() => airshipServer(options)).toThrow(TypeError);
    expect(() => airshipServer(options)).toThrow(new RegExp(`\\(\\{ ${option}\\b.*must be`));
  });
});
