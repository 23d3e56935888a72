import { expect, test, vi } from 'vitest';
import { leave, numbered, openPage, provenPage } from './lane-harness.js';

/** Adapters, headers, rows and clocks that are not as they should be: they cost what they concern, and nothing else. */

test('an adapter whose accepts() throws loses its event, counted, and nobody else’s', async () => {
  const page = openPage({
    adapter: {
      accepts: () => {
        throw new Error('boom');
      },
    },
  });
  page.track(['e']);
  expect(page.told.dropped).toMatchObject([{ id: 'e', reason: 'refused', detail: 'Error: boom' }]);
  expect(await page.stats()).toMatchObject({ waiting: 0, dropped: { refused: 1 } });
});

test('one whose judge() throws is asked again', async () => {
  const page = openPage({
    adapter: {
      judge(_, __, { attempt }) {
        if (attempt === 1) throw new Error('unexpected body');
        return { kind: 'delivered' };
      },
    },
  });
  page.track(['e']);
  expect(await page.flush()).toMatchObject({ waiting: 1, reason: 'Error: unexpected body' });
  page.state.now += 1_000;
  expect(await page.flush()).toMatchObject({ waiting: 0, sent: 1 });
});

test('one whose toRequest() throws at exit neither reaches the page nor keeps other lanes from leaving', async () => {
  let throws = false;
  const page = await provenPage({
    adapter: {
      toRequest: (events) => {
        if (throws) throw new Error('cannot write');
        return { url: '/v', method: 'POST', headers: {}, body: JSON.stringify(events.map(({ id }) => id)) };
      },
    },
  });
  throws = true;
  page.track(['e']);
  expect(() => page.delivery.leave(true)).not.toThrow();
});

test('headers() that never answers does not hold the lane', async () => {
  const page = openPage({ destination: { headers: () => new Promise(() => {}) }, context: { timeoutMs: 50 } });
  page.track(['e']);
  expect(await page.flush()).toMatchObject({ waiting: 1, reason: 'Error: headers() does not answer' });
});

test('401 with headers that differ each time makes no loop, and ends when they are right', async () => {
  let calls = 0;
  const page = openPage({
    destination: { headers: () => ({ 'X-Request-Id': String(calls++) }) },
    answer: (_, sent) => ({ status: sent.length < 3 ? 401 : 200 }),
  });
  page.track(['e']);
  const sentAfter: number[] = [];
  for (const waitMs of [0, 1_999, 1, 3_999, 1, 7_999, 1]) {
    page.state.now += waitMs;
    await page.flush();
    sentAfter.push(page.sent.length);
  }
  expect(sentAfter).toEqual([1, 1, 2, 2, 3, 3, 4]);
  expect(await page.stats()).toMatchObject({ sent: 1, waiting: 0 });
});

test.each([['spoiled'], [{ v: 2, failures: 1 }], [{ failures: 0, notBefore: 0 }], [5]])(
  'a lane whose memory reads %j goes on',
  async (memory) => {
    const page = openPage({});
    page.queue.remember('lane', memory);
    page.track(['e']);
    expect(await page.flush()).toMatchObject({ sent: 1, waiting: 0 });
    expect(page.errors).toEqual([]);
  },
);

test.each([['spoiled'], [null], [{ waiting: 'x' }]])('a lane one of whose totals reads %j goes on', async (row) => {
  const page = openPage({});
  await page.store.ready;
  page.store.write([{ keys: ['lane t spoiled'], value: row }]);
  page.track(['e']);
  expect(await page.flush()).toMatchObject({ sent: 1, waiting: 0 });
  expect(page.errors).toEqual([]);
});

test('a clock that is set back makes no wait of hours of the vendor’s rate', async () => {
  const page = openPage({ adapter: { maxEvents: 1, rate: [{ requests: 2, perMs: 1_000 }] } });
  page.track(['a', 'b']);
  await page.flush();
  page.state.now -= 7_200_000;
  page.track(['c']);
  await page.flush();
  page.state.now += 2_000;
  await page.flush();
  expect(page.sent.flatMap(({ ids }) => ids)).toEqual(['a', 'b', 'c']);
});

test('the network coming back does not undo what the vendor asked of another tab', async () => {
  const page = openPage({ answer: () => 'network' });
  page.track(['a']);
  await page.flush();
  const other = openPage({
    name: page.name,
    storage: page.storage,
    at: page.state.now + 20_000,
    answer: () => ({ status: 429, retryAfter: '600' }),
  });
  other.track(['b']);
  await other.flush();
  page.state.now = other.state.now + 1_000;
  page.delivery.online();
  await page.flush();
  expect(other.sent).toHaveLength(1);
  expect((await page.stats())?.notBefore).toBeGreaterThan(page.state.now + 590_000);
});

test('after a sleep beyond the end of a long wait, during which timers stood still, a new event wakes the lane', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const page = openPage({
    context: { flushAfterMs: 2_000 },
    answer: (_, sent) => (sent.length === 0 ? { status: 429, retryAfter: '3600' } : { status: 200 }),
  });
  page.track(['a']);
  await page.flush();
  page.state.now += 8 * 3_600_000;
  page.track(['b']);
  page.state.now += 2_000;
  vi.advanceTimersByTime(2_000);
  vi.useRealTimers();
  await expect.poll(() => page.sent.flatMap(({ ids }) => ids).slice(-2)).toEqual(['a', 'b']);
});

test('one bad event is found also by a visitor whose pages are short', async () => {
  const adapter = { maxEvents: 100, rate: [{ requests: 2, perMs: 1_000 }] };
  const answer = (ids: readonly string[]) => ({ status: ids.includes('e0') ? 400 : 200 });
  const first = openPage({ adapter, answer });
  const { name, storage } = first;
  first.track(numbered(100));
  await first.queue.peek('lane', 1);
  let { now: at } = first.state;
  const visit = async () => {
    at += 20_000;
    const page = openPage({ name, storage, at, adapter, answer });
    await page.flush();
    leave(page, false);
    return page;
  };
  // Seven times half as many, two requests a visit, and as many visits again until the batches are large as before.
  for (let visits = 0; visits < 12; visits++) await visit();
  expect(await (await visit()).stats()).toMatchObject({ waiting: 0, sent: 99, dropped: { rejected: 1 } });
});
