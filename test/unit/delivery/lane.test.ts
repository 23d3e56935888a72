import { describe, expect, test } from 'vitest';
import type { Acceptance } from '../../../src/adapters/adapter.js';
import { type Answer, numbered, openPage } from './lane-harness.js';

const all = (sent: readonly { ids: readonly string[] }[]) => sent.flatMap(({ ids }) => ids);

describe('a lane', () => {
  test('sends in order, in batches of the adapter, each event once', async () => {
    const page = openPage({});
    const ids = numbered(35);
    page.track(ids);
    expect(await page.flush()).toMatchObject({ sent: 35, waiting: 0, held: 0, dropped: {} });
    expect(all(page.sent)).toEqual(ids);
    expect(page.sent.map((request) => request.ids.length)).toEqual([10, 10, 10, 5]);
    expect(await page.stats()).toMatchObject({ state: 'ready', sent: 35, waiting: 0, bytes: 0 });
    expect(page.errors).toEqual([]);
  });

  test('sends nothing from the moment on that a navigation is under way', async () => {
    const page = openPage({
      answer() {
        page.state.goingSince = page.state.now;
        return { status: 200 };
      },
    });
    page.track(numbered(25));
    expect(await page.flush()).toMatchObject({ sent: 10, waiting: 15 });
    expect(await page.flush()).toMatchObject({ sent: 0, waiting: 15 });
    page.state.goingSince = 0;
    expect(await page.flush()).toMatchObject({ sent: 10, waiting: 5 });
  });

  test('never mixes groups in one request', async () => {
    const page = openPage({ adapter: { groupBy: ({ id }) => id.slice(0, 1) } });
    page.track(['a1', 'a2', 'b1', 'a3']);
    await page.flush();
    expect(page.sent.map(({ ids }) => ids)).toEqual([['a1', 'a2'], ['b1'], ['a3']]);
  });

  test('keeps within the adapter’s bytes, and drops what is alone too large', async () => {
    const page = openPage({
      adapter: {
        maxBytes: 3_000,
        toRequest: (events) => ({
          url: '/vendor',
          method: 'POST',
          headers: {},
          body: JSON.stringify(events.map(({ id, properties }) => id + 'x'.repeat(Number(properties.size ?? 0)))),
        }),
      },
    });
    page.track(['a', 'b'], { properties: { size: 2_000 } });
    page.track(['c'], { properties: { size: 9_000 } });
    page.track(['d'], { properties: { size: 10 } });
    expect(await page.flush()).toMatchObject({ sent: 3, waiting: 0, dropped: { 'too-large': 1 } });
    expect(page.sent.map(({ ids }) => ids.length)).toEqual([1, 1, 1]);
  });

  test('applies filter and rename of its destination', async () => {
    const names: string[] = [];
    const page = openPage({
      destination: { filter: ({ id }) => id !== 'no', rename: (name) => name.toUpperCase() },
      adapter: {
        toRequest: (events) => {
          names.push(...events.map(({ name }) => name));
          return { url: '/v', method: 'POST', headers: {}, body: JSON.stringify(events.map(({ id }) => id)) };
        },
      },
    });
    page.track(['yes', 'no']);
    await page.flush();
    expect(all(page.sent)).toEqual(['yes']);
    expect(names).toEqual(['PLAN CHOSEN']);
    expect(await page.stats()).toMatchObject({ sent: 1, dropped: {} });
  });

  test('counts a filter that throws, and what the adapter refuses', async () => {
    const page = openPage({
      destination: {
        filter: ({ id }) => {
          if (id === 'bad') throw new Error('no');
          return true;
        },
      },
      adapter: { accepts: ({ id }) => (id === 'ugly' ? { refused: 'ugly name' } : 'ready') },
    });
    page.track(['good', 'bad', 'ugly']);
    await page.flush();
    expect(await page.stats()).toMatchObject({ sent: 1, dropped: { 'filter-error': 1, refused: 1 } });
    expect(page.told.dropped).toMatchObject([
      { id: 'bad', reason: 'filter-error' },
      { id: 'ugly', reason: 'refused', detail: 'ugly name' },
    ]);
  });
});

describe('what the adapter says of events that it took when they were tracked', () => {
  const stored = async (later: Acceptance) => {
    let acceptance: Acceptance = 'ready';
    const page = openPage({ adapter: { accepts: () => acceptance }, answer: () => ({ status: 503 }) });
    page.track(['a']);
    await page.flush();
    acceptance = later;
    page.state.now += 1_000;
    return [page, await page.flush()] as const;
  };

  test('refused ones are lost with the reason as it is', async () => {
    const [page, report] = await stored({ refused: 'older than 90 days' });
    expect(report).toMatchObject({ waiting: 0, dropped: { refused: 1 } });
    expect(page.told.dropped).toMatchObject([{ id: 'a', reason: 'refused', detail: 'older than 90 days' }]);
  });

  test('those it has no place for are no loss', async () => {
    const [page, report] = await stored('not-applicable');
    expect(report).toMatchObject({ waiting: 0, sent: 0, dropped: {} });
    expect(page.told.dropped).toEqual([]);
    expect(page.sent).toHaveLength(1);
  });

  test('those it now needs an identity for are held', async () => {
    const [, report] = await stored('needs-identity');
    expect(report).toMatchObject({ waiting: 0, held: 1, dropped: {} });
  });
});

describe('when the vendor fails', () => {
  test('events wait, with growing pauses, and nothing is sent before their end', async () => {
    let failing = true;
    const page = openPage({ answer: () => ({ status: failing ? 500 : 200 }) });
    page.track(['a', 'b']);
    expect(await page.flush()).toMatchObject({ sent: 0, waiting: 2 });
    expect(await page.stats()).toMatchObject({
      state: 'waiting',
      reason: 'HTTP 500',
      notBefore: page.state.now + 1_000,
    });
    page.state.now += 999;
    await page.flush();
    expect(page.sent).toHaveLength(1);
    page.state.now += 1;
    await page.flush();
    expect(page.sent).toHaveLength(2);
    expect(await page.stats()).toMatchObject({ notBefore: page.state.now + 2_000, retries: 2 });
    failing = false;
    page.state.now += 2_000;
    expect(await page.flush()).toMatchObject({ sent: 2, waiting: 0 });
    expect(await page.stats()).toMatchObject({ state: 'ready' });
  });

  test('it is asked with one event, and with all others once it takes that', async () => {
    const page = openPage({ answer: (_, sent) => ({ status: sent.length < 2 ? 503 : 200 }) });
    page.track(numbered(8));
    for (const waitMs of [0, 1_000, 2_000]) {
      page.state.now += waitMs;
      await page.flush();
    }
    expect(page.sent.map(({ ids }) => ids)).toEqual([numbered(8), ['e0'], ['e0'], numbered(8).slice(1)]);
  });

  test.each([['3'], [new Date(1_800_000_003_000).toUTCString()]])(
    'Retry-After %s is obeyed, also by the next page',
    async (retryAfter) => {
      const page = openPage({ answer: () => ({ status: 429, retryAfter }) });
      page.state.random = 0;
      page.track(['a']);
      await page.flush();
      const next = openPage({ name: page.name, storage: page.storage, at: page.state.now + 2_999 });
      await next.flush();
      expect(next.sent).toEqual([]);
      next.state.now += 8_000;
      expect(await next.flush()).toMatchObject({ sent: 1 });
    },
  );

  const oneByOneInDoubt = async (failure: Answer) => {
    let down = true;
    const page = openPage({
      adapter: { maxEventsFor: ({ unclear }) => (unclear ? 1 : 10) },
      answer: () => (down ? failure : { status: 200 }),
    });
    page.track(['a', 'b', 'c']);
    await page.flush();
    down = false;
    page.state.now += 1_000;
    page.track(['d', 'e']);
    await page.flush();
    return page.sent.map(({ ids }) => ids);
  };

  test.each<Answer>(['network', { status: 500 }, { status: 502 }, { status: 504 }, { status: 524 }])(
    'events in doubt after %j travel as the adapter wants, apart from the others, until they are clear',
    async (failure) => {
      expect(await oneByOneInDoubt(failure)).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c'], ['d', 'e']]);
    },
  );

  test.each([429, 503, 408])('after %i nothing is in doubt', async (status) => {
    expect(await oneByOneInDoubt({ status })).toEqual([['a', 'b', 'c'], ['a'], ['b', 'c', 'd', 'e']]);
  });

  test('a request without an answer is given up in time', async () => {
    const page = openPage({ answer: (_, sent) => (sent.length === 0 ? 'hang' : { status: 200 }) });
    page.track(['a']);
    await page.flush();
    expect(page.told.retry).toMatchObject([{ reason: 'timeout' }]);
    page.state.now += 1_000;
    expect(await page.flush()).toMatchObject({ sent: 1 });
  });

  test('the network coming back ends the wait, but not one that the vendor asked for', async () => {
    const page = openPage({ answer: (_, sent) => (sent.length === 0 ? 'network' : { status: 200 }) });
    page.track(['a']);
    await page.flush();
    page.delivery.online();
    expect(await page.flush()).toMatchObject({ waiting: 0 });

    const asked = openPage({ answer: () => ({ status: 429, retryAfter: '60' }) });
    asked.track(['a']);
    await asked.flush();
    asked.delivery.online();
    await asked.flush();
    expect(asked.sent).toHaveLength(1);

    const both = openPage({ answer: (_, sent) => (sent.length === 0 ? 'network' : { status: 429, retryAfter: '60' }) });
    both.track(['a']);
    await both.flush();
    both.state.now += 1_000;
    await both.flush();
    both.delivery.online();
    await both.flush();
    expect(both.sent).toHaveLength(2);
  });

  test('one bad event among many is found, dropped and counted; the others arrive once, in order', async () => {
    const page = openPage({
      adapter: { maxEvents: 100 },
      answer: (ids) => ({ status: ids.includes('e57') ? 400 : 200 }),
    });
    const ids = numbered(100);
    page.track(ids);
    expect(await page.flush()).toMatchObject({ sent: 99, waiting: 0, held: 0, dropped: { rejected: 1 } });
    const arrived = page.sent.filter((request) => !request.ids.includes('e57'));
    expect(all(arrived)).toEqual(ids.filter((id) => id !== 'e57'));
    expect(page.told.dropped).toMatchObject([{ id: 'e57', reason: 'rejected', detail: 'bad' }]);
    expect(page.sent.length).toBeLessThan(25);
  });

  test('an error pointer finds it at once', async () => {
    const page = openPage({
      adapter: {
        judge: ({ status }, events) =>
          status === 200
            ? { kind: 'delivered' }
            : { kind: 'drop', ids: events.filter(({ id }) => id === 'e3').map(({ id }) => id), reason: 'e3 is bad' },
      },
      answer: (ids) => ({ status: ids.includes('e3') ? 400 : 200 }),
    });
    page.track(numbered(8));
    expect(await page.flush()).toMatchObject({ sent: 7, dropped: { rejected: 1 } });
    expect(page.sent).toHaveLength(2);
  });

  test('a pointer at nothing that was sent ends too', async () => {
    const page = openPage({
      adapter: { judge: () => ({ kind: 'drop', ids: ['unknown'], reason: 'someone else' }) },
    });
    page.track(numbered(3));
    expect(await page.flush()).toMatchObject({ sent: 0, waiting: 0, dropped: { rejected: 3 } });
  });

  test('refused credentials pause the lane, lose nothing, and other credentials resume it', async () => {
    const answer = () => ({ status: 401 });
    const page = openPage({ answer, destination: { headers: { 'X-Token': 'old' } } });
    page.track(['a', 'b']);
    await page.flush();
    expect(await page.stats()).toMatchObject({ state: 'paused', reason: 'bad key', waiting: 2, dropped: {} });
    expect(page.told.paused).toEqual([{ destination: 'lane', reason: 'bad key' }]);

    const same = openPage({
      name: page.name,
      storage: page.storage,
      at: page.state.now + 60_000,
      answer,
      destination: { headers: { 'X-Token': 'old' } },
    });
    await same.flush();
    expect(same.sent).toEqual([]);
    const other = openPage({
      name: page.name,
      storage: page.storage,
      at: page.state.now + 60_000,
      destination: { headers: async () => ({ 'X-Token': 'new' }) },
    });
    expect(await other.flush()).toMatchObject({ sent: 2, waiting: 0 });
    expect(other.sent[0]?.headers).toEqual({ 'X-Token': 'new' });
  });

  test('a clock that is set back makes no wait longer than the vendor was to be left alone', async () => {
    const page = openPage({ answer: (_, sent) => ({ status: sent.length < 1 ? 500 : 200 }) });
    page.track(['a']);
    await page.flush();
    page.state.now -= 7_200_000;
    await page.flush();
    expect(page.sent).toHaveLength(1);
    expect(await page.stats()).toMatchObject({ notBefore: page.state.now + 1_000 });
    page.state.now += 1_000;
    expect(await page.flush()).toMatchObject({ sent: 1, waiting: 0 });
  });

  test('a paused lane asks again after a minute, then ever more rarely', async () => {
    const page = openPage({ answer: (_, sent) => ({ status: sent.length < 8 ? 401 : 200 }) });
    page.state.random = 0;
    page.track(['a']);
    const pauses: number[] = [];
    for (let round = 0; round < 8; round++) {
      await page.flush();
      const { notBefore = 0 } = (await page.stats()) ?? {};
      pauses.push((notBefore - page.state.now) / 60_000);
      page.state.now = notBefore;
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    expect(await page.flush()).toMatchObject({ sent: 1 });
  });

  test('a headers function that fails is a reason to wait, not to lose', async () => {
    let works = false;
    const headers = async (): Promise<Record<string, string>> => {
      if (!works) throw new Error('no token');
      return {};
    };
    const page = openPage({ destination: { headers } });
    page.track(['a']);
    expect(await page.flush()).toMatchObject({ waiting: 1 });
    expect(page.told.retry).toMatchObject([{ reason: 'Error: no token' }]);
    works = true;
    page.state.now += 1_000;
    expect(await page.flush()).toMatchObject({ sent: 1 });
  });

  test('an adapter that throws loses only the event it throws for', async () => {
    const page = openPage({
      adapter: {
        toRequest: (events) => {
          if (events.some(({ id }) => id === 'e2')) throw new Error('cannot write');
          return { url: '/v', method: 'POST', headers: {}, body: JSON.stringify(events.map(({ id }) => id)) };
        },
      },
    });
    page.track(numbered(5));
    expect(await page.flush()).toMatchObject({ sent: 4, dropped: { refused: 1 } });
  });
});

describe('limits', () => {
  test('the oldest go first when there are too many', async () => {
    const page = openPage({ answer: () => ({ status: 500 }), limits: { maxEvents: 20 } });
    page.track(numbered(50));
    expect(await page.flush()).toMatchObject({ waiting: 20, dropped: { 'queue-full': 30 } });
    expect(page.told.dropped[0]).toMatchObject({ id: 'e0', reason: 'queue-full' });
  });

  test('or too large together', async () => {
    const page = openPage({ answer: () => ({ status: 500 }), limits: { maxBytes: 5_000 } });
    page.track(numbered(30));
    await page.flush();
    const { bytes = 0, dropped } = (await page.stats()) ?? {};
    expect(bytes).toBeLessThanOrEqual(5_000);
    expect(bytes).toBeGreaterThan(4_000);
    expect(dropped?.['queue-full']).toBeGreaterThan(0);
  });

  test('or too old', async () => {
    const page = openPage({ limits: { maxAgeMs: 1_000 } });
    page.track(['old']);
    page.state.now += 2_000;
    page.track(['new']);
    expect(await page.flush()).toMatchObject({ sent: 1, dropped: { expired: 1 } });
    expect(all(page.sent)).toEqual(['new']);
  });

  test('the vendor’s rate is kept', async () => {
    const page = openPage({ adapter: { maxEvents: 1, rate: [{ requests: 2, perMs: 1_000 }] } });
    page.track(numbered(5));
    await page.flush();
    expect(page.sent).toHaveLength(2);
    page.state.now += 1_000;
    await page.flush();
    expect(page.sent).toHaveLength(4);
  });
});

describe('a visitor the vendor does not know yet', () => {
  const adapter = {
    accepts: ({ visitor }: { visitor: { userId?: string } }) => (visitor.userId ? 'ready' : 'needs-identity'),
  } as const;

  test('has events held, bounded, and delivered with the identity once there is one', async () => {
    const visitors: unknown[] = [];
    const page = openPage({
      adapter: {
        ...adapter,
        toRequest: (events) => {
          visitors.push(...events.map(({ visitor }) => visitor.userId));
          return { url: '/v', method: 'POST', headers: {}, body: JSON.stringify(events.map(({ id }) => id)) };
        },
      },
      limits: { maxHeld: 3 },
    });
    page.track(numbered(5));
    expect(await page.flush()).toMatchObject({ sent: 0, waiting: 0, held: 3, dropped: { 'queue-full': 2 } });
    page.state.visitor = { anonymousId: 'anon-1', userId: 'u-1' };
    page.delivery.visitorChanged();
    page.track(['later']);
    await page.flush();
    expect(all(page.sent)).toEqual(['e2', 'e3', 'e4', 'later']);
    expect(visitors).toEqual(['u-1', 'u-1', 'u-1', 'u-1']);
    expect(await page.stats()).toMatchObject({ held: 0, waiting: 0, sent: 4 });
  });

  test('has them dropped and counted when someone else comes', async () => {
    const page = openPage({ adapter });
    page.track(['a']);
    await page.flush();
    page.state.visitor = { anonymousId: 'anon-2', userId: 'u-2' };
    page.delivery.visitorChanged();
    await page.flush();
    expect(page.sent).toEqual([]);
    expect(await page.stats()).toMatchObject({ held: 0, dropped: { unidentified: 1 } });
  });
});

test('what a killed page left stays in order while it becomes free to send', async () => {
  const killed = openPage({});
  killed.track(numbered(50, 'old-'));
  killed.state.now += 5_000;
  // More than is read at a time.
  killed.track(numbered(150, 'young-'));
  await killed.store.read('', '\uffff');
  const next = openPage({
    name: killed.name,
    storage: killed.storage,
    at: killed.state.now + 5_100,
    answer: (ids) => {
      if (ids.includes('old-49')) next.state.now += 6_000;
      return { status: 200 };
    },
  });
  await next.flush();
  expect(next.sent.flatMap(({ ids }) => ids)).toEqual([...numbered(50, 'old-'), ...numbered(150, 'young-')]);
});
