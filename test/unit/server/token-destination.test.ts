import { describe, expect, it } from 'vitest';
import type { Adapter } from '../../../src/adapters/adapter.js';
import { judgeStatus } from '../../../src/adapters/judge-status.js';
import { post } from '../../../src/adapters/post.js';
import { CredentialRefused, deliver } from '../../../src/server/index.js';
import { createTokenDestination } from '../../../src/server/token-destination.js';
import { sampleEvent } from '../adapters/sample-event.js';

const adapter: Adapter = {
  name: 'vendor',
  maxEvents: 1,
  maxBytes: 10_000,
  deduplicates: false,
  accepts: () => 'ready',
  toRequest: ([event]) => post('https://vendor.example', event?.id),
  judge: judgeStatus,
};

/** A vendor that gives out tokens 1, 2 …, and answers as the test says. */
function vendor(answer: (token: number, id: string) => number, refusals: readonly number[] = [401]) {
  const state = { tokens: 0, failure: undefined as unknown };
  const destination = createTokenDestination(adapter, {
    async fetchToken() {
      if (state.failure) throw state.failure;
      return { value: String(++state.tokens), expiresAt: Date.now() + 3_600_000 };
    },
    headersWith: async (token) => ({ token }),
    refusals,
  });
  const fetchWith = async (_: unknown, { headers, body }: RequestInit = {}) => {
    const { token } = headers as Record<string, string>;
    // Others that were begun at the same time are on their way, too.
    await new Promise((resolve) => setTimeout(resolve, 1));
    return new Response('', { status: answer(Number(token), JSON.parse(String(body))) });
  };
  const send = async (ids: string) => {
    const events = [...ids].map((id) => sampleEvent({ id }));
    const fates = await deliver(destination, events, { fetch: fetchWith as typeof fetch });
    return [...fates.values()].map(({ kind }) => kind);
  };
  return { state, send };
}

/** Gives the next status to each request. */
const inTurn = (statuses: number[]) => () => statuses.shift() ?? 200;

describe('a destination with a token', () => {
  it('loses a token under several requests: all of them wait, the rest goes with the new one', async () => {
    const { state, send } = vendor((token) => (token === 1 ? 401 : 200));
    expect(await send('abcdef')).toEqual([...Array(4).fill('waiting'), 'delivered', 'delivered']);
    expect(await send('abcd')).toEqual(Array(4).fill('delivered'));
    expect(state.tokens).toBe(2);
  });

  it('pauses all that were begun with the new one when that is refused too', async () => {
    const { send } = vendor(() => 401);
    expect(await send('a')).toEqual(['waiting']);
    expect(await send('abcd')).toEqual(Array(4).fill('paused'));
  });

  it('may lose a token again once the one before was taken, whatever became of the event', async () => {
    const { send } = vendor(inTurn([401, 400, 401, 401]));
    expect([await send('a'), await send('b'), await send('c'), await send('d')].flat()).toEqual([
      'waiting',
      'rejected',
      'waiting',
      'paused',
    ]);
  });

  it('learns nothing of the token from a server that is unwell', async () => {
    const { send } = vendor(inTurn([401, 503, 401]));
    expect([await send('a'), await send('a'), await send('a')].flat()).toEqual(['waiting', 'waiting', 'paused']);
  });

  it('asks with another token after a pause', async () => {
    const { state, send } = vendor((token) => (token < 3 ? 401 : 200));
    expect([await send('a'), await send('a'), await send('a')].flat()).toEqual(['waiting', 'paused', 'delivered']);
    expect(state.tokens).toBe(3);
  });

  it('knows its vendor’s own ways to refuse one', async () => {
    const refused = (token: number) => (token === 1 ? 403 : 200);
    expect(await vendor(refused, [401, 403]).send('a')).toEqual(['waiting']);
    expect(await vendor(refused, [401]).send('a')).toEqual(['paused']);
  });

  it('waits while no token is to be had, and pauses when what it is fetched with is refused', async () => {
    const { state, send } = vendor(() => 200);
    state.failure = new Error('down');
    expect(await send('ab')).toEqual(['waiting', 'waiting']);
    state.failure = new CredentialRefused('who?');
    expect(await send('ab')).toEqual(['paused', 'paused']);
    state.failure = undefined;
    expect(await send('ab')).toEqual(['delivered', 'delivered']);
  });
});
