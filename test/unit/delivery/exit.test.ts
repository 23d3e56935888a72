import { describe, expect, test } from 'vitest';
import { numbered, openPage } from './lane-harness.js';

/** A page whose vendor has already taken something, so that it is known to be well. */
async function provenPage(over: Parameters<typeof openPage>[0] = {}) {
  const page = openPage(over);
  page.track(['first']);
  await page.flush();
  return page;
}

const leave = (page: ReturnType<typeof openPage>, send = true) => {
  page.state.active = false;
  page.store.guard(true);
  page.departures.write(page.state.page, { at: page.state.now, left: true, claims: page.delivery.claims() });
  page.delivery.leave(send);
  page.departures.write(page.state.page, { at: page.state.now, left: true, claims: page.delivery.claims() });
};

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

  test('sends no more than the keepalive pool takes', async () => {
    const page = await provenPage();
    page.track(numbered(100), { properties: { text: 'x'.repeat(2_000) } });
    leave(page);
    // This adapter writes ids only, so ten to a request; the bytes that count are those of the bodies.
    expect(page.sent.length).toBe(11);
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

  test('sends at once what the earlier one left unsent', async () => {
    const page = await provenPage();
    page.track(['e']);
    await page.queue.peek('lane', 1);
    leave(page, false);
    const next = openPage({ name: page.name, storage: page.storage, at: page.state.now + 100 });
    await next.flush();
    expect(next.sent.flatMap(({ ids }) => ids)).toEqual(['e']);
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

  test('forgets claims once nothing is left that they could speak of', async () => {
    const page = await provenPage();
    page.track(['e']);
    leave(page);
    const next = openPage({ name: page.name, storage: page.storage, at: page.state.now + 100 });
    next.track(['x']);
    await next.flush();
    await next.flush();
    expect(next.departures.all().get(page.state.page)?.claims).toEqual({});
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
