import { describe, expect, test } from 'vitest';
import { startCapillary } from '../../../demo/vendors/capillary.js';
import { demoCredentials } from '../../../demo/vendors/demo-credentials.js';
import { type CapillaryServerOptions, capillaryServer } from '../../../src/server/capillary/capillary-server.js';
import { deliver } from '../../../src/server/deliver.js';
import { sampleEvent } from '../../unit/adapters/sample-event.js';
import { closedAfterEach } from '../vendors/exchange.js';

const { key, secret, webhookPath } = demoCredentials.capillary;
const opened = closedAfterEach();
const events = { plan_chosen: { amount: { type: 'double' } } } as const;
const visitor = { userId: 'u-42' };
const eventOf = (id: string) => sampleEvent({ id, visitor, properties: { amount: '49.5' }, time: Date.now() });

async function webhook(client = { key, secret, ttlSeconds: 3_600 }) {
  const standIn = await opened(startCapillary({ client }));
  const options = {
    endpoint: standIn.url + webhookPath,
    tokenEndpoint: standIn.url,
    events,
    uniqueAttribute: 'event_id',
  };
  return {
    standIn,
    options,
    tokens: () => standIn.requests().filter(({ path }) => path.startsWith('/v3/oauth')).length,
    send: async (destination: ReturnType<typeof capillaryServer>, id: string) =>
      (await deliver(destination, [eventOf(id)])).get(id),
  };
}

describe('a server and Capillary’s webhook', () => {
  test('fetch one token for many events, and another before it ends', async () => {
    const { standIn, options, tokens, send } = await webhook({ key, secret, ttlSeconds: 4 });
    const destination = capillaryServer({ ...options, key, secret });
    await Promise.all(['a', 'b', 'c'].map((id) => send(destination, id)));
    expect(tokens()).toBe(1);
    const begin = Date.now();
    for (let count = 0; tokens() < 2 && Date.now() - begin < 10_000; count++) {
      expect(await send(destination, `later-${count}`)).toEqual({ kind: 'delivered' });
    }
    expect(tokens()).toBe(2);
    // Renewed at half its life: nothing was ever refused.
    expect(standIn.requests().filter(({ status }) => status !== 200)).toEqual([]);
    expect(standIn.accepted()[0]?.body).toMatchObject({ customer_id: 'u-42', event_id: 'a', amount: 49.5 });
  });

  test('fetch a token anew once when it is refused before its end, then pause', async () => {
    const { standIn, options, tokens, send } = await webhook();
    const destination = capillaryServer({ ...options, key, secret });
    await send(destination, 'a');
    standIn.reset(); // forgets the token
    expect(await send(destination, 'b')).toMatchObject({ kind: 'waiting', unclear: false });
    expect(await send(destination, 'b')).toEqual({ kind: 'delivered' });
    expect(tokens()).toBe(1);
    const refused = { ...destination, headers: async () => ({ 'X-CAP-API-OAUTH-TOKEN': 'no' }) };
    expect(await send(refused, 'c')).toMatchObject({ kind: 'waiting' });
    expect(await send(refused, 'c')).toMatchObject({ kind: 'paused' });
    expect(await send(destination, 'c')).toEqual({ kind: 'delivered' });
  });

  test('lose no more than what was on its way when a token is refused under several requests', async () => {
    const { standIn, options, tokens, send } = await webhook();
    const destination = capillaryServer({ ...options, key, secret });
    await send(destination, 'a');
    standIn.reset(); // forgets the token
    const six = [...'bcdefg'].map(eventOf);
    const kindsOf = async () => [...(await deliver(destination, six)).values()].map(({ kind }) => kind);
    expect(await kindsOf()).toEqual([...Array(4).fill('waiting'), 'delivered', 'delivered']);
    expect(await kindsOf()).toEqual(Array(6).fill('delivered'));
    expect(tokens()).toBe(1);
  });

  test('pause for a secret that is refused, and never say it', async () => {
    const { options, send } = await webhook();
    const destination = capillaryServer({ ...options, key, secret: 'wrong' });
    const fate = await send(destination, 'a');
    expect(fate).toMatchObject({ kind: 'paused', reason: expect.stringContaining('401') });
    expect(JSON.stringify(fate)).not.toContain('wrong');
  });

  test('wait while the server that gives tokens is unwell', async () => {
    const { standIn, options, send } = await webhook();
    standIn.fault({ kind: 'error500', times: 1 });
    const destination = capillaryServer({ ...options, key, secret });
    expect(await send(destination, 'a')).toMatchObject({ kind: 'waiting', reason: expect.stringContaining('500') });
    expect(await send(destination, 'a')).toEqual({ kind: 'delivered' });
  });

  test('send a token of one’s own, and pause when it is refused', async () => {
    const { options, send } = await webhook();
    expect(await send(capillaryServer({ ...options, token: 'no' }), 'a')).toMatchObject({ kind: 'paused' });
  });

  test('need nothing but the address where the webhook asks for nothing', async () => {
    const standIn = await opened(startCapillary());
    const unique = { events, uniqueAttribute: 'event_id' };
    const endpoint = standIn.url + webhookPath;
    const destination = capillaryServer({ endpoint, ...unique, headers: { 'X-Trace': 't' } });
    expect((await deliver(destination, [eventOf('a')])).get('a')).toEqual({ kind: 'delivered' });
    expect(await destination.headers()).toEqual({ 'X-Trace': 't' });
  });

  test.each([
    ['endpoint', { endpoint: '/proxy/capillary' }],
    ['key, secret', { key: 'k' }],
    ['key, secret', { key: 'k', secret: 's', token: 't' }],
    ['tokenEndpoint', { key: 'k', secret: 's', tokenEndpoint: 'http://eu.api.capillarytech.com' }],
    ['tokenEndpoint', { key: 'k', secret: 's', tokenEndpoint: undefined }],
  ])('name the option that is wrong: { %s }', (option, over) => {
    const options = { endpoint: 'https://x.example/webhooks/1', events, tokenEndpoint: 'https://eu.example', ...over };
    expect(() => capillaryServer(options as CapillaryServerOptions)).toThrow(TypeError);
    expect(() => capillaryServer(options as CapillaryServerOptions)).toThrow(`capillaryServer({ ${option} }) must be`);
  });
});
