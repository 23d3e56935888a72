import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { judgeStatus } from '../../../src/adapters/judge-status.js';
import { post } from '../../../src/adapters/post.js';
import {
  airshipServer,
  capillaryServer,
  createServerDestination,
  type DeliverOptions,
  deliver,
  embeddablesServer,
  gainsightServer,
  klaviyoServer,
} from '../../../src/server/index.js';
import { sampleEvent } from '../adapters/sample-event.js';

interface Request {
  readonly ids: readonly string[];
  readonly headers: IncomingHttpHeaders;
}

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A vendor on a real port that takes lists of ids, and answers as the test says. */
async function vendor(answer: (response: ServerResponse, request: Request, count: number) => unknown) {
  const requests: Request[] = [];
  const server = createServer(async (message, response) => {
    let text = '';
    for await (const part of message) text += part;
    const request = { ids: JSON.parse(text).map(({ id }: { id: string }) => id), headers: message.headers };
    requests.push(request);
    answer(response, request, requests.length);
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const send = async (ids: readonly string[], changes: Partial<Adapter> = {}, options: DeliverOptions = {}) => {
    const adapter: Adapter = {
      name: 'vendor',
      maxEvents: 100,
      maxBytes: 10_000,
      deduplicates: false,
      accepts: () => 'ready',
      toRequest: (events) =>
        post(
          url,
          events.map(({ id, name }) => ({ id, name })),
        ),
      judge: judgeStatus,
      ...changes,
    };
    const destination = createServerDestination(adapter, { authorization: 'secret' });
    const fates = await deliver(destination, ids.map(event), { concurrency: 1, ...options });
    return Object.fromEntries(fates);
  };
  return { url, requests, send, sent: () => requests.map(({ ids }) => ids.join('')) };
}

const event = (id: string) => sampleEvent({ id, name: id });
const end = (response: ServerResponse, status: number, body = '', headers = {}) =>
  response.writeHead(status, headers).end(body);

const delivered = { kind: 'delivered' };

describe('deliver()', () => {
  it('sends all in one request where it can, with the credential', async () => {
    const { send, sent, requests } = await vendor((response) => end(response, 202));
    expect(await send(['a', 'b', 'c'])).toEqual({ a: delivered, b: delivered, c: delivered });
    expect(sent()).toEqual(['abc']);
    expect(requests[0]?.headers.authorization).toBe('secret');
  });

  it('keeps to the vendor’s number of events, for the context too', async () => {
    const { send, sent } = await vendor((response) => end(response, 202));
    await send(['a', 'b', 'c'], { maxEvents: 2 });
    const maxEventsFor: Adapter['maxEventsFor'] = ({ unclear, attempt }) => (unclear ? attempt : 100);
    await send(['a', 'b', 'c'], { maxEventsFor }, { unclear: true, attempt: 2 });
    await send(['d', 'e'], { maxEventsFor });
    expect(sent()).toEqual(['ab', 'c', 'ab', 'c', 'de']);
  });

  it('keeps to its bytes, and refuses what alone is over them', async () => {
    const { send, sent } = await vendor((response) => end(response, 202));
    const fates = await send(['a', 'b', 'c', 'long'.repeat(20)], { maxBytes: 60 });
    expect(sent()).toEqual(['ab', 'c']);
    expect(Object.values(fates)).toEqual([
      delivered,
      delivered,
      delivered,
      { kind: 'refused', reason: 'too large: 181 bytes' },
    ]);
  });

  it('tells what is not sent as it was, of each event, where somebody asks', async () => {
    const { send } = await vendor((response) => end(response, 202));
    const told: unknown[] = [];
    const wireName = (name: string) => name.toLowerCase();
    const fates = await send(['A', 'b', 'C'], { wireName }, { onRepair: (repair) => told.push(repair) });
    expect(Object.values(fates)).toEqual([delivered, delivered, delivered]);
    expect(told).toEqual([
      { id: 'A', name: 'A', field: 'name', from: 'A', to: 'a' },
      { id: 'C', name: 'C', field: 'name', from: 'C', to: 'c' },
    ]);
  });

  it('puts what may share a request together, and nothing else', async () => {
    const { send, sent } = await vendor((response) => end(response, 202));
    await send(['a1', 'b1', 'a2', 'b2'], { groupBy: ({ id }) => id.charAt(0) });
    expect(sent()).toEqual(['a1a2', 'b1b2']);
  });

  it('sends the first of several events with one id', async () => {
    const { send, sent } = await vendor((response) => end(response, 202));
    await send(['a', 'a', 'b']);
    expect(sent()).toEqual(['ab']);
  });

  it('says what is never sent, and why', async () => {
    const { send, requests } = await vendor((response) => end(response, 202));
    const accepts: Adapter['accepts'] = ({ id }) => {
      if (id === 'throws') throw new Error('broken');
      return id === 'refused' ? { refused: 'too old' } : (id as 'needs-identity' | 'not-applicable');
    };
    expect(await send(['refused', 'needs-identity', 'not-applicable', 'throws'], { accepts })).toEqual({
      refused: { kind: 'refused', reason: 'too old' },
      'needs-identity': { kind: 'unidentified' },
      'not-applicable': { kind: 'not-applicable' },
      throws: { kind: 'refused', reason: 'Error: broken' },
    });
    expect(requests).toEqual([]);
  });

  it('sends events under the names that the vendor shall see', async () => {
    const names: string[] = [];
    const adapter: Adapter = {
      name: 'vendor',
      maxEvents: 10,
      maxBytes: 1_000,
      deduplicates: false,
      accepts: ({ name }) => (name === 'no' ? { refused: 'no such name' } : 'ready'),
      toRequest: (events) => {
        names.push(...events.map(({ name }) => name));
        return post('https://vendor.example', '');
      },
      judge: judgeStatus,
    };
    const destination = createServerDestination(adapter, {}, { rename: { a: 'Plan Chosen', b: 'no' } });
    const ok = (async () => new Response('', { status: 202 })) as typeof fetch;
    const fates = await deliver(destination, ['a', 'b', 'c'].map(event), { fetch: ok });
    expect(Object.fromEntries(fates)).toEqual({
      a: delivered,
      b: { kind: 'refused', reason: 'no such name' },
      c: delivered,
    });
    expect(names).toEqual(['Plan Chosen', 'c']);
  });

  it.each([
    ['undefined', null, 'no id'],
    ['undefined', undefined, 'no id'],
    ['undefined', 'event', 'no id'],
    ['7', { ...event('a'), id: 7 }, 'no id'],
    ['a', { ...event('a'), time: Number.NaN }, 'no time'],
    ['a', { ...event('a'), time: null }, 'no time'],
    ['a', { ...event('a'), time: '2026-08-01' }, 'no time'],
  ])('refuses what is no event, and delivers the others: %s', async (id, wrong, reason) => {
    const ok = (async () => new Response('', { status: 200 })) as typeof fetch;
    const destination = airshipServer({ appKey: 'app', token: 't', rename: { b: 'c' } });
    const right = { ...event('b'), visitor: { anonymousId: 'anon', userId: 'u-42' } };
    const fates = await deliver(destination, [wrong as never, right], { fetch: ok, now: () => right.time });
    expect(Object.fromEntries(fates)).toEqual({ [id]: { kind: 'refused', reason }, b: delivered });
  });

  it.each([null, 'text', 7, {}, { id: 'a' }, { id: 'a', time: 1 }, { id: 'a', time: 1, name: 'b', type: 'track' }])(
    'never rejects for what somebody posted to a relay: %j',
    async (posted) => {
      const ok = (async () => new Response('', { status: 200 })) as typeof fetch;
      for (const destination of [
        klaviyoServer({ privateKey: 'pk_1' }),
        airshipServer({ appKey: 'app', token: 't' }),
        gainsightServer({ propertyKey: 'AP-1', apiKey: 'k' }),
        embeddablesServer({ projectId: 'pr_1', embeddableId: 'f_1', apiKey: 'rk_1' }),
        capillaryServer({ endpoint: 'https://x.example/webhooks/1', events: { b: [] } }),
      ]) {
        const fates = await deliver(destination, [posted as never], { fetch: ok });
        expect([...fates.values()].map(({ kind }) => kind)).toEqual([
          expect.stringMatching(/^(refused|unidentified|not-applicable)$/),
        ]);
      }
    },
  );

  it('finds the event that cannot be written', async () => {
    const { url, send, sent } = await vendor((response) => end(response, 202));
    const toRequest: Adapter['toRequest'] = (events) => {
      if (events.some(({ id }) => id === 'c')) throw new Error('cannot');
      return post(url, events);
    };
    expect(await send(['a', 'b', 'c', 'd'], { toRequest })).toMatchObject({
      c: { kind: 'refused', reason: 'Error: cannot' },
      d: delivered,
    });
    expect(sent()).toEqual(['ab', 'd']);
  });

  it('finds a culprit by halves when the answer names none', async () => {
    const { send, sent } = await vendor((response, { ids }) => end(response, ids.includes('c') ? 400 : 202, 'bad'));
    expect(await send(['a', 'b', 'c', 'd'])).toEqual({
      a: delivered,
      b: delivered,
      c: { kind: 'rejected', reason: '400 bad' },
      d: delivered,
    });
    expect(sent()).toEqual(['abcd', 'ab', 'cd', 'c', 'd']);
  });

  it('leaves out culprits that are named, and halves when the name is of nobody', async () => {
    const { send, sent } = await vendor((response, { ids }) => end(response, ids.includes('b') ? 400 : 202));
    const judge: Adapter['judge'] = ({ status }, events) =>
      status === 202
        ? { kind: 'delivered' }
        : { kind: 'drop', ids: [events.length === 4 ? 'x' : 'b'], reason: 'no phone' };
    expect(await send(['a', 'b', 'c', 'd'], { judge })).toMatchObject({
      a: delivered,
      b: { kind: 'rejected', reason: 'no phone' },
      c: delivered,
    });
    expect(sent()).toEqual(['abcd', 'ab', 'a', 'cd']);
  });

  it.each([
    [429, 7_000],
    [503, 7_000],
  ])('stops at %i, and tells all who wait for how long', async (status, retryAfterMs) => {
    const { send, sent } = await vendor((response, _, count) =>
      end(response, count > 1 ? status : 202, '', { 'retry-after': 7 }),
    );
    const waiting = { kind: 'waiting', reason: `${status} `, unclear: false, retryAfterMs };
    expect(await send(['a', 'b', 'c'], { maxEvents: 1 })).toEqual({ a: delivered, b: waiting, c: waiting });
    expect(sent()).toEqual(['a', 'b']);
  });

  it.each([
    [500, true],
    [502, true],
    [503, false],
    [504, true],
    [429, false],
  ])('says that it is unclear after %i whether the vendor has it: %j', async (status, unclear) => {
    const { send } = await vendor((response) => end(response, status));
    const fates = await send(['a', 'b', 'c'], { maxEvents: 2 });
    expect(fates).toMatchObject({ a: { unclear }, b: { unclear }, c: { kind: 'waiting', unclear: false } });
  });

  it('goes on when only one event is to be tried again', async () => {
    const { send, sent } = await vendor((response, { ids }) => end(response, ids.includes('a') ? 404 : 202));
    const judge: Adapter['judge'] = ({ status }) =>
      status === 404 ? { kind: 'retry', reason: 'no entry yet', afterMs: 5_000 } : { kind: 'delivered' };
    expect(await send(['a', 'b'], { maxEvents: 1, judge })).toEqual({
      a: { kind: 'waiting', reason: 'no entry yet', unclear: false, retryAfterMs: 5_000 },
      b: delivered,
    });
    expect(sent()).toEqual(['a', 'b']);
  });

  it('stops at a refused credential', async () => {
    const { send, sent } = await vendor((response) => end(response, 401, 'who?'));
    const paused = { kind: 'paused', reason: '401 who?' };
    expect(await send(['a', 'b'], { maxEvents: 1 })).toEqual({ a: paused, b: paused });
    expect(sent()).toEqual(['a']);
  });

  it('says that it is unclear what arrived when no answer comes, and of what was never sent that it did not', async () => {
    const { send, sent } = await vendor((response) => response.destroy());
    const fates = await send(['a', 'b'], { maxEvents: 1 });
    expect(fates).toMatchObject({ a: { kind: 'waiting', unclear: true }, b: { kind: 'waiting', unclear: false } });
    expect(sent()).toEqual(['a']);
  });

  it('gives up on a vendor that does not answer in time', async () => {
    const { send } = await vendor(() => undefined);
    expect(await send(['a'], {}, { timeoutMs: 50 })).toEqual({
      a: { kind: 'waiting', reason: 'no answer in 50 ms', unclear: true },
    });
  });

  it('does not follow a redirect with the secret', async () => {
    const other = await vendor((response) => end(response, 202));
    const { send } = await vendor((response) => end(response, 307, '', { location: other.url }));
    expect(await send(['a'])).toEqual({ a: { kind: 'paused', reason: '307 ' } });
    expect(other.requests).toEqual([]);
  });

  it('waits with everything when there is no credential to be had', async () => {
    const { url, requests } = await vendor((response) => end(response, 202));
    const adapter: Adapter = {
      name: 'vendor',
      maxEvents: 1,
      maxBytes: 1_000,
      deduplicates: false,
      accepts: () => 'ready',
      toRequest: (events) => post(url, events),
      judge: judgeStatus,
    };
    const destination = createServerDestination(adapter, () => Promise.reject(new Error('no token')));
    const fates = await deliver(destination, [event('a'), event('b')]);
    const waiting = { kind: 'waiting', reason: 'Error: no token', unclear: false };
    expect(Object.fromEntries(fates)).toEqual({ a: waiting, b: waiting });
    expect(requests).toEqual([]);
  });

  it('never goes over the vendor’s rate, and says when the rest may come', async () => {
    const { send, sent } = await vendor((response) => end(response, 202));
    const rate = [{ requests: 2, perMs: 1_000 }];
    const fates = await send(['a', 'b', 'c', 'd'], { maxEvents: 1, rate }, { now: () => 0 });
    const waiting = { kind: 'waiting', reason: 'over the rate limit', unclear: false, retryAfterMs: 1_000 };
    expect(fates).toEqual({ a: delivered, b: delivered, c: waiting, d: waiting });
    expect(sent()).toEqual(['a', 'b']);
  });

  it('has several requests on their way at once, and no more than told', async () => {
    let now = 0;
    let most = 0;
    const { send } = await vendor((response) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        end(response, 202);
      }, 20);
    });
    const ids = [...'abcdefghi'];
    const fates = await send(ids, { maxEvents: 1 }, { concurrency: 3 });
    expect(Object.values(fates)).toEqual(ids.map(() => delivered));
    expect(most).toBe(3);
  });

  it('uses the fetch it is given', async () => {
    const { send, requests } = await vendor((response) => end(response, 202));
    const fates = await send(['a'], {}, { fetch: async () => new Response('', { status: 202 }) });
    expect(fates).toEqual({ a: delivered });
    expect(requests).toEqual([]);
  });
});
