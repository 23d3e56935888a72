import { describe, expect, test, vi } from 'vitest';
import { createJournal } from '../../../src/queue/journal.js';
import { leave, numbered, openPage, provenPage } from './lane-harness.js';

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('a page that is left', () => {
  test('sends its own events before it is gone, with keepalive', async () => {
    const page = await provenPage();
    page.track(numbered(15));
    leave(page);
    expect(page.sent.slice(1).map(({ ids, keepalive }) => [ids.length, keepalive])).toEqual([
      [10, true],
      [5, true],
    ]);
  });

  test.each([
    ['the vendor has never answered', {}, false],
    [
      'the vendor has failed',
      { answer: (_: unknown, sent: readonly unknown[]) => ({ status: sent.length === 0 ? 200 : 500 }) },
      true,
    ],
  ])('sends nothing when %s', async (_, over, fails) => {
    const page = openPage(over);
    if (fails) {
      page.track(['ok']);
      await page.flush();
      page.track(['failed']);
      await page.flush();
    }
    const before = page.sent.length;
    page.track(['e']);
    leave(page);
    expect(page.sent.length).toBe(before);
  });

  test('sends nothing when the next page is of the same site', async () => {
    const page = await provenPage();
    page.track(['e']);
    leave(page, false);
    expect(page.sent).toHaveLength(1);
  });

  test('sends its own events also where the vendor took something on an earlier page only', async () => {
    const first = await provenPage();
    const page = openPage({ name: first.name, storage: first.storage });
    await page.flush();
    page.track(['e']);
    leave(page);
    expect(page.sent.map(({ ids }) => ids)).toEqual([['e']]);
  });

  test('sends with the destination’s own headers, also when it is the first request of the page', async () => {
    const destination = { headers: { 'x-key': 'k' } };
    const first = await provenPage({ destination });
    const page = openPage({ name: first.name, storage: first.storage, destination });
    await page.flush();
    page.track(['e']);
    leave(page);
    expect(page.sent).toMatchObject([{ ids: ['e'], headers: { 'x-key': 'k' } }]);
  });

  test('sends nothing when the vendor has just failed for another tab, until it has taken something', async () => {
    let status = 500;
    const page = await provenPage();
    const other = openPage({ name: page.name, storage: page.storage, answer: () => ({ status }) });
    other.track(['failed']);
    await other.flush();
    page.track(['kept back']);
    leave(page);
    expect(other.sent).toHaveLength(1);

    status = 200;
    const next = await provenPage({ name: page.name, storage: page.storage, at: page.state.now + 600_000 });
    next.track(['well']);
    leave(next);
    expect(next.sent.at(-1)?.ids).toEqual(['well']);
  });

  test('sends nothing when events should long have been sent: another tab knows why they were not', async () => {
    const page = await provenPage({ context: { flushAfterMs: 2_000 } });
    page.track(['waiting']);
    page.state.now += 2_200;
    page.track(['e']);
    leave(page);
    expect(page.sent).toHaveLength(1);
  });

  test.each([
    ['may be lost', true, 'assume-delivered', 1],
    ['arrives', false, 'assume-delivered', 2],
    ['may be lost, but is sent again', true, 'resend', 2],
  ] as const)('where what is sent last %s', async (_, mayLoseLast, unconfirmed, requests) => {
    const page = await provenPage({ destination: { unconfirmed } });
    page.track(['e']);
    page.state.mayLoseLast = mayLoseLast;
    leave(page);
    expect(page.sent).toHaveLength(requests);
  });

  test('sends what it kept back itself since a navigation began', async () => {
    const page = await provenPage({ context: { flushAfterMs: 2_000 } });
    page.track(['e']);
    page.state.goingSince = page.state.now + 100;
    page.state.now += 2_500;
    expect(await page.flush()).toMatchObject({ sent: 0, waiting: 1 });
    leave(page);
    expect(page.sent.at(-1)?.ids).toEqual(['e']);
  });

  test('sends once the vendor has taken something, even if what is known of a failure is out of date', async () => {
    const first = openPage({});
    first.departures.setFailing('lane', true);
    const page = await provenPage({ name: first.name, storage: first.storage });
    page.track(['e']);
    leave(page);
    expect(page.sent.at(-1)?.ids).toEqual(['e']);
  });

  test('has the keepalive pool to itself again once earlier requests were answered', async () => {
    const large = {
      maxEvents: 1,
      toRequest: (events: readonly { readonly id: string }[]) => ({
        url: 'https://vendor.example/',
        method: 'POST' as const,
        headers: {},
        body: JSON.stringify({ ids: events.map(({ id }) => id), text: 'x'.repeat(30_000) }),
      }),
    };
    const page = openPage({ adapter: large });
    page.track(numbered(5));
    expect(await page.flush()).toMatchObject({ sent: 5, waiting: 0 });
  });

  test('sends no more than the keepalive pool takes', async () => {
    const page = await provenPage({
      adapter: {
        maxEvents: 1,
        toRequest: (events) => ({
          url: '/vendor',
          method: 'POST',
          headers: {},
          body: JSON.stringify([...events.map(({ id }) => id), 'x'.repeat(19_000)]),
        }),
      },
    });
    page.track(numbered(5));
    leave(page);
    // Of 60,000 bytes, three of these bodies.
    expect(page.sent.slice(1).map(({ ids }) => ids[0])).toEqual(['e0', 'e1', 'e2']);
  });
});

describe('the next page', () => {
  test.each([
    [
      'presumes delivered what a vendor without deduplication got at exit',
      false,
      { sent: 3, unconfirmed: 1, waiting: 0 },
    ],
    ['leaves to a vendor with deduplication what it got at exit, for now', true, { sent: 2, waiting: 1 }],
  ])('%s', async (_, deduplicates, stats) => {
    const page = await provenPage({
      adapter: { deduplicates },
      answer: (ids) => (ids.includes('e') ? 'hang' : { status: 200 }),
    });
    page.track(['e']);
    await page.queue.peek('lane', 1);
    leave(page);
    const next = openPage({
      name: page.name,
      storage: page.storage,
      adapter: { deduplicates },
      at: page.state.now + 100,
    });
    next.track(['x']);
    await next.flush();
    expect(next.sent.flatMap(({ ids }) => ids)).toEqual(['x']);
    expect(await next.stats()).toMatchObject(stats);
    if (!deduplicates) return;
    next.state.now += 11_000;
    await next.flush();
    expect(next.sent.flatMap(({ ids }) => ids)).toEqual(['x', 'e']);
    expect(await next.stats()).toMatchObject({ sent: 3, waiting: 0 });
  });

  test('presumes nothing before the vendor has shown that it is well', async () => {
    const page = await provenPage();
    page.track(['e']);
    await page.queue.peek('lane', 1);
    leave(page);
    const next = openPage({
      name: page.name,
      storage: page.storage,
      at: page.state.now + 100,
      answer: (_, sent) => ({ status: sent.length === 0 ? 500 : 200 }),
    });
    await next.flush();
    expect(await next.stats()).toMatchObject({ sent: 1, waiting: 1 });
    next.track(['x']);
    await next.flush();
    next.state.now += 1_000;
    await next.flush();
    expect(next.sent.map(({ ids }) => ids)).toEqual([['x'], ['e'], ['x']]);
    expect(await next.stats()).toMatchObject({ sent: 3, unconfirmed: 0, waiting: 0 });
  });

  test('presumes it after ten seconds when there is nothing else to send', async () => {
    const page = await provenPage();
    page.track(['e']);
    await page.queue.peek('lane', 1);
    leave(page);
    const next = openPage({ name: page.name, storage: page.storage, at: page.state.now + 9_000 });
    await next.flush();
    expect(await next.stats()).toMatchObject({ sent: 1, waiting: 1 });
    next.state.now += 1_001;
    await next.flush();
    expect(await next.stats()).toMatchObject({ sent: 2, unconfirmed: 1, waiting: 0 });
    expect(next.sent).toEqual([]);
  });

  test('presumes nothing of a request that had no answer for long', async () => {
    const page = await provenPage({
      answer: (ids) => (ids.includes('e') ? 'hang' : { status: 200 }),
      context: { timeoutMs: 60_000 },
    });
    page.track(['e']);
    void page.flush();
    await expect.poll(() => page.sent.length).toBe(2);
    page.state.now += 5_000;
    leave(page, false);
    const next = openPage({ name: page.name, storage: page.storage, at: page.state.now + 100 });
    await next.flush();
    expect(next.sent.flatMap(({ ids }) => ids)).toEqual(['e']);
  });

  test('presumes nothing of a request that was made without a network', async () => {
    let isOnline = true;
    const page = await provenPage({
      answer: (ids) => (ids.includes('e') ? 'hang' : { status: 200 }),
      context: { online: () => isOnline },
    });
    isOnline = false;
    page.track(['e']);
    void page.flush();
    await expect.poll(() => page.sent.length).toBe(2);
    leave(page, false);
    const next = openPage({ name: page.name, storage: page.storage, at: page.state.now + 100 });
    await next.flush();
    expect(next.sent.flatMap(({ ids }) => ids)).toEqual(['e']);
  });

  test('sends at once what the earlier one left unsent', async () => {
    const page = await provenPage();
    page.track(['e']);
    await page.queue.peek('lane', 1);
    leave(page, false);
    const next = openPage({ name: page.name, storage: page.storage, at: page.state.now + 100 });
    await next.flush();
    expect(next.sent.flatMap(({ ids }) => ids)).toEqual(['e']);
  });

  test('leaves alone what the earlier one has in the journal still: it may be on its way to the disk', async () => {
    const first = openPage({});
    await first.store.ready;
    first.track(['e']);
    const journal = createJournal(first.storage, `${first.name}:`);
    leave(first);
    await expect.poll(() => journal.eventIds()).not.toContain('e');
    // As if nobody had heard yet that it is on disk.
    journal.write({ id: 'lane e 1 e', keys: ['lane e 1 e'], value: undefined });
    const next = openPage({ name: first.name, storage: first.storage, at: first.state.now + 500 });
    await next.flush();
    expect(next.sent).toEqual([]);
    journal.erase('lane e 1 e');
    await next.flush();
    expect(next.sent.map(({ ids }) => ids)).toEqual([['e']]);
  });

  test('looks again when something may still reach the disk', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let looks = 0;
    const page = openPage({ context: { takeOver: async () => ++looks === 1 } });
    await page.flush();
    expect(looks).toBe(1);
    vi.advanceTimersByTime(2_000);
    vi.useRealTimers();
    await expect.poll(() => looks).toBe(2);
  });

  test('leaves alone what belongs to a page that is still there', async () => {
    const page = await provenPage();
    page.track(['e']);
    await page.queue.peek('lane', 1);
    const other = openPage({ name: page.name, storage: page.storage, at: page.state.now + 100 });
    await other.flush();
    expect(other.sent).toEqual([]);
    other.state.now += 10_000;
    await other.flush();
    expect(other.sent.flatMap(({ ids }) => ids)).toEqual(['e']);
  });

  test('claims no longer what a vendor has not answered for three seconds, also if it should be killed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const notes: unknown[] = [];
    const page = openPage({
      answer: () => 'hang',
      context: { timeoutMs: 10_000, onFlight: () => notes.push(page.delivery.claims()) > 0 },
    });
    page.track(['e']);
    const flushed = page.flush();
    await vi.waitUntil(() => notes.length > 0);
    vi.advanceTimersByTime(2_900);
    expect(notes).toEqual([{ lane: ['e'] }]);
    vi.advanceTimersByTime(200);
    expect(notes).toEqual([{ lane: ['e'] }, {}]);
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    await flushed;
  });

  test('forgets claims once nothing is left that they could speak of', async () => {
    const page = await provenPage();
    page.track(['e']);
    leave(page);
    const next = openPage({ name: page.name, storage: page.storage, at: page.state.now + 100 });
    next.track(['x']);
    await next.flush();
    // It may be in the journal, and come from there later than its claim.
    expect(next.departures.all().get(page.state.page)?.claims).toEqual({ lane: ['e'] });
    next.state.now += 31_000;
    await next.flush();
    expect(next.departures.all().size).toBe(0);
  });
});

describe('a page that comes back', () => {
  test('settles by the real answer, once, what it had on its way', async () => {
    let answer: (value: Response) => void = () => {};
    const page = await provenPage();
    globalThis.fetch = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    page.track(['e']);
    leave(page);
    page.state.page = 'returned';
    page.state.active = true;
    page.store.resume();
    answer(new Response('', { status: 200 }));
    await settled();
    await expect.poll(async () => (await page.stats())?.waiting).toBe(0);
    expect(await page.stats()).toMatchObject({ sent: 2, unconfirmed: 0 });
  });

  test('does not count again what another page has settled meanwhile', async () => {
    let answer: (value: Response) => void = () => {};
    const page = await provenPage();
    globalThis.fetch = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    page.track(['e']);
    await page.queue.peek('lane', 1);
    leave(page);
    const late = answer;
    const next = openPage({ name: page.name, storage: page.storage, at: page.state.now + 100 });
    next.track(['x']);
    await next.flush();
    expect(await next.stats()).toMatchObject({ sent: 3, unconfirmed: 1, waiting: 0 });
    page.state.page = 'returned';
    page.state.active = true;
    page.store.resume();
    late(new Response('', { status: 200 }));
    await settled();
    await page.flush();
    expect(await page.stats()).toMatchObject({ sent: 3, unconfirmed: 1, waiting: 0 });
  });

  test('does not trust what it had read before it was left', async () => {
    const page = await provenPage();
    page.track(['e']);
    const flushing = page.flush();
    leave(page, false);
    const next = openPage({ name: page.name, storage: page.storage, at: page.state.now + 100 });
    await next.flush();
    page.state.page = 'returned';
    page.state.active = true;
    page.store.resume();
    await flushing;
    await page.flush();
    expect([...page.sent.slice(1), ...next.sent].flatMap(({ ids }) => ids)).toEqual(['e']);
  });

  test('nor sends what it was preparing to send when it was left', async () => {
    let give: (headers: Record<string, string>) => void = () => {};
    let isSlow = false;
    const headers = () =>
      isSlow
        ? new Promise<Record<string, string>>((resolve) => {
            give = resolve;
          })
        : {};
    const page = await provenPage({ destination: { headers } });
    page.track(['e']);
    isSlow = true;
    const flushing = page.flush();
    await expect.poll(() => give.length).toBe(1);
    leave(page, false);
    const next = openPage({ name: page.name, storage: page.storage, at: page.state.now + 100 });
    await next.flush();
    page.state.page = 'returned';
    page.state.active = true;
    page.store.resume();
    give({});
    await flushing;
    await settled();
    expect([...page.sent.slice(1), ...next.sent].flatMap(({ ids }) => ids)).toEqual(['e']);
  });

  test('keeps its claim when the answer came after it was left but before it was frozen', async () => {
    const page = await provenPage();
    page.track(['e']);
    await page.queue.peek('lane', 1);
    leave(page);
    await settled();
    page.departures.write(page.state.page, { at: page.state.now, left: true, claims: page.delivery.claims() });
    expect(page.departures.all().get(page.state.page)?.claims).toEqual({ lane: ['e'] });
  });
});
