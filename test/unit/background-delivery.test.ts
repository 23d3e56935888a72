import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Destination } from '../../src/adapters/adapter.js';
import { deliverHandedOver } from '../../src/background-delivery.js';
import { eraseLane } from '../../src/consent/erase-lane.js';
import type { TrackletEvent } from '../../src/event/event.js';
import { createHandoverWriter, handoverOf, openHandover } from '../../src/queue/handover.js';
import { createJournal } from '../../src/queue/journal.js';
import { LAST } from '../../src/queue/store.js';
import { numbered, openPage, plainAdapter } from './delivery/lane-harness.js';

afterEach(() => {
  vi.useRealTimers();
});

type PageOptions = Parameters<typeof openPage>[0];
type Answer = ReturnType<NonNullable<PageOptions['answer']>>;

/** A page that tracks on a lane that fails, unless told otherwise, and leaves. Then the worker gets a sync. */
async function leftPage({
  ids = numbered(5),
  isLeft = true,
  claims = {},
  journaled = [],
  noteAfterMs = 100,
  event = {},
  answer = () => ({ status: 500 }),
  ...over
}: PageOptions & {
  ids?: readonly string[];
  isLeft?: boolean;
  claims?: { lane?: string[] };
  journaled?: readonly string[];
  /** How long after tracking the note is written; negative for events of after the note. */
  noteAfterMs?: number;
  event?: Partial<TrackletEvent>;
} = {}) {
  const page = openPage({ ...over, answer });
  page.track(ids, event);
  await page.flush();
  page.state.active = false;
  page.delivery.leave(false);
  const { now } = page.state;
  const journal = createJournal(page.storage, `${page.name}:`);
  for (const record of await page.queue.peek('lane', 1_000)) {
    const key = `lane e ${record.position} ${record.event.id}`;
    if (journaled.includes(record.event.id)) journal.write({ id: key, keys: [key], value: record });
  }
  page.departures.write(page.state.page, { at: now, left: isLeft, claims });
  const writer = createHandoverWriter(page.name, page.departures, journal, () => now + noteAfterMs);
  writer.want();
  const reader = await openHandover(page.name, () => {});
  await expect.poll(async () => (await reader.read()).at).toBe(now + noteAfterMs);
  reader.close();
  page.state.now += 1_000;
  return page;
}

/** Answers from here on; resolves to the ids in the order in which they were sent, and how the sync ended. */
async function sync(
  page: Awaited<ReturnType<typeof leftPage>>,
  {
    destination = {},
    answer = () => ({ status: 200 }),
    hasPages = async () => false,
    now = () => page.state.now,
  }: {
    destination?: Partial<Destination>;
    answer?: (ids: readonly string[]) => Answer | Promise<Answer>;
    hasPages?: () => Promise<boolean>;
    now?: () => number;
  } = {},
) {
  const sent: string[][] = [];
  vi.stubGlobal('fetch', async (_: string, { body }: RequestInit) => {
    const ids = JSON.parse(String(body)) as string[];
    sent.push(ids);
    const its = await answer(ids);
    if (typeof its === 'string') throw new TypeError('Failed to fetch');
    return new Response('', { status: its.status });
  });
  const outcome = await deliverHandedOver(
    { name: page.name, destinations: [{ name: 'lane', adapter: plainAdapter(), ...destination }] },
    { hasPages, lock: (_name, _signal, work) => work(() => true), now, random: () => 0.5 },
  ).then(
    () => 'done',
    () => 'kept',
  );
  return { outcome, sent: sent.flat() };
}

/** A clock that runs through the seconds in which a sync would wait. */
const passing =
  (page: { state: { now: number } }, stepMs = 500) =>
  () => {
    page.state.now += stepMs;
    return page.state.now;
  };

describe('a sync', () => {
  test('delivers what a page that left had queued, each event once, in order, and counts it', async () => {
    const ids = numbered(35);
    const page = await leftPage({ ids });
    expect(await sync(page)).toEqual({ outcome: 'done', sent: ids });
    expect(await sync(page)).toEqual({ outcome: 'done', sent: [] });
    expect(await page.stats()).toMatchObject({ sent: 35, waiting: 0, bytes: 0 });
  });

  test('leaves everything where it was when the vendor still fails, and asks for another', async () => {
    const page = await leftPage();
    // Longer than it has patience.
    expect(await sync(page, { answer: () => ({ status: 401 }) })).toMatchObject({ outcome: 'kept' });
    expect(await page.stats()).toMatchObject({ state: 'paused', sent: 0, waiting: 5 });
    page.state.now += 300_000;
    expect(await sync(page)).toEqual({ outcome: 'done', sent: numbered(5) });
  });

  test('goes on by itself when the vendor may be asked again at once', async () => {
    const page = await leftPage();
    let requests = 0;
    const answer = () => ({ status: ++requests < 3 ? 500 : 200 });
    expect(await sync(page, { answer, now: passing(page, 50) })).toMatchObject({ outcome: 'done' });
    expect(await page.stats()).toMatchObject({ sent: 5, retries: 3 });
  });

  test('does not wait any longer for a network, which is back, but for a vendor that asked for it', async () => {
    const page = await leftPage({ answer: () => 'network' });
    await page.queue.remember('lane', {
      failures: 9,
      notBefore: page.state.now + 60_000,
      reason: 'network',
      unclear: [],
    });
    expect(await sync(page)).toEqual({ outcome: 'done', sent: numbered(5) });

    const asked = await leftPage({ answer: () => ({ status: 429, retryAfter: '60' }) });
    expect(await sync(asked)).toEqual({ outcome: 'kept', sent: [] });
  });

  test('counts what the vendor refuses, and keeps it for inspection', async () => {
    const page = await leftPage();
    const answer = (ids: readonly string[]) => ({ status: ids.includes('e2') ? 400 : 200 });
    expect(await sync(page, { answer })).toMatchObject({ outcome: 'done' });
    expect(await page.stats()).toMatchObject({ sent: 4, waiting: 0, dropped: { rejected: 1 } });
    expect(await page.delivery.dropped()).toMatchObject([{ event: { id: 'e2' }, reason: 'rejected' }]);
  });

  test('does nothing where there is no queue, and makes none', async () => {
    const outcome = deliverHandedOver(
      { name: 'nobody', destinations: [{ name: 'lane', adapter: plainAdapter() }] },
      { hasPages: async () => false, lock: async () => {}, now: Date.now, random: () => 0.5 },
    );
    await expect(outcome).resolves.toBeUndefined();
    expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain('nobody');
  });
});

describe('a sync leaves to the pages', () => {
  test('everything, while one is open', async () => {
    const page = await leftPage();
    expect(await sync(page, { hasPages: async () => true, now: passing(page, 3_000) })).toEqual({
      outcome: 'kept',
      sent: [],
    });
    expect(await page.stats()).toMatchObject({ waiting: 5 });
  });

  test('everything from the moment on that one is opened', async () => {
    const page = await leftPage({ ids: numbered(30) });
    let asked = 0;
    const hasPages = async () => ++asked > 2;
    expect(await sync(page, { hasPages })).toEqual({ outcome: 'kept', sent: [] });
  });

  test('nothing, once one that was still there at first has gone', async () => {
    const page = await leftPage();
    let asked = 0;
    expect(await sync(page, { hasPages: async () => ++asked < 3 })).toEqual({ outcome: 'done', sent: numbered(5) });
  });

  test('events that were tracked after the note', async () => {
    const page = await leftPage({ noteAfterMs: -1 });
    expect(await sync(page)).toEqual({ outcome: 'done', sent: [] });
    expect(await page.stats()).toMatchObject({ waiting: 5 });
  });

  test('events that the journal holds too', async () => {
    const page = await leftPage({ journaled: ['e1', 'e3'] });
    expect(await sync(page)).toEqual({ outcome: 'done', sent: ['e0', 'e2', 'e4'] });
    expect(await page.stats()).toMatchObject({ sent: 3, waiting: 2 });
  });

  test('events held for an identity, for only they know who the visitor is', async () => {
    const page = await leftPage();
    const [record] = await page.queue.peek('lane', 1);
    if (record) page.queue.add(['lane~held'], record);
    expect(await sync(page)).toEqual({ outcome: 'done', sent: numbered(5) });
    expect(await page.stats()).toMatchObject({ waiting: 0, held: 1, dropped: {} });
  });

  test('events that were stored without consent to what the destination is for, to be counted as refused', async () => {
    for (const [consent, sent] of [
      [['analytics', 'marketing'], numbered(5)],
      [['analytics'], []],
      [undefined, numbered(5)],
    ] as const) {
      const page = await leftPage({ ...(consent && { event: { consent } }) });
      expect(await sync(page, { destination: { purpose: 'marketing' } })).toEqual({ outcome: 'done', sent });
      expect(await page.stats()).toMatchObject({ waiting: 5 - sent.length, dropped: {} });
    }
  });

  test('events that are too old, to be counted as lost', async () => {
    const page = await leftPage();
    page.state.now += 604_800_001;
    expect(await sync(page)).toEqual({ outcome: 'done', sent: [] });
    expect(await page.stats()).toMatchObject({ waiting: 5, dropped: {} });
  });

  test('young events of a page that did not say goodbye, until they are nobody’s any more', async () => {
    const page = await leftPage({ isLeft: false });
    const startedAt = page.state.now;
    let firstSentAt = 0;
    const answer = () => {
      firstSentAt ||= page.state.now;
      return { status: 200 };
    };
    expect(await sync(page, { answer, now: passing(page) })).toEqual({ outcome: 'done', sent: numbered(5) });
    expect(firstSentAt - startedAt).toBeGreaterThan(8_000);
  });
});

describe('a visitor who refuses while a sync goes on', () => {
  const names = async () => (await indexedDB.databases()).map(({ name }) => name);
  const deleteDatabase = (name: string) =>
    new Promise<void>((resolve) => {
      indexedDB.deleteDatabase(name).onsuccess = () => resolve();
    });

  test.each([
    ['everything: notes and queue are gone, and stay so', true],
    ['one purpose: the notes are gone, and the rest is the page’s', false],
  ])('%s', async (_, isAll) => {
    const page = await leftPage({ ids: numbered(35) });
    page.store.close();
    const answer = async () => {
      await Promise.all([isAll && deleteDatabase(page.name), deleteDatabase(handoverOf(page.name))]);
      return { status: 200 };
    };
    // Who failed last is asked with one.
    expect(await sync(page, { answer })).toEqual({ outcome: 'done', sent: ['e0'] });
    const left = isAll ? [] : [page.name];
    const its = async () => (await names()).filter((name) => name === page.name || name === handoverOf(page.name));
    expect(await its()).toEqual(left);
    expect(await sync(page)).toEqual({ outcome: 'done', sent: [] });
    expect(await its()).toEqual(left);
  });
});

test('what was on its way as a purpose was withdrawn is not counted, but removed where the purpose is another', async () => {
  for (const isWithdrawn of [true, false]) {
    const page = await leftPage();
    const answer = async () => {
      if (isWithdrawn) await eraseLane('lane', page.store, page.storage, `${page.name}:`);
      // Deleted once all rows are.
      await page.store.read('', LAST);
      await new Promise((resolve) => {
        indexedDB.deleteDatabase(handoverOf(page.name)).onsuccess = resolve;
      });
      return { status: 200 };
    };
    expect(await sync(page, { answer })).toEqual({ outcome: 'done', sent: ['e0'] });
    if (isWithdrawn) expect(await page.store.read('lane', LAST)).toEqual([]);
    else expect(await page.stats()).toMatchObject({ waiting: 4, sent: 1 });
  }
});

describe('what was on its way when its page left', () => {
  const claims = { lane: ['e0', 'e1'] };

  test('is not sent again to a vendor that keeps repeats, once the vendor takes something else', async () => {
    const page = await leftPage({ claims });
    page.queue.remember('lane', { failures: 0, notBefore: 0, unclear: [] });
    expect(await sync(page)).toEqual({ outcome: 'done', sent: ['e2', 'e3', 'e4'] });
    expect(await page.stats()).toMatchObject({ sent: 5, unconfirmed: 2, waiting: 0 });
  });

  test('is sent again, later, to a vendor that ignores repeats', async () => {
    const page = await leftPage({ claims });
    const adapter = plainAdapter({ deduplicates: true });
    page.queue.remember('lane', { failures: 0, notBefore: 0, unclear: [] });
    const leftAt = page.state.now - 1_000;
    const ages: number[] = [];
    const answer = (ids: readonly string[]) => {
      if (ids.includes('e0')) ages.push(page.state.now - leftAt);
      return { status: 200 };
    };
    const { outcome, sent } = await sync(page, { destination: { adapter }, answer, now: passing(page) });
    expect([outcome, sent.sort()]).toEqual(['done', numbered(5)]);
    expect(ages).toEqual([expect.toSatisfy((age: number) => age >= 10_000)]);
  });

  test('is sent again to any vendor that fails, for that one will hardly have taken it', async () => {
    const page = await leftPage({ claims });
    expect((await sync(page)).sent).toEqual(numbered(5));
  });
});
