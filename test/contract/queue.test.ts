import 'fake-indexeddb/auto';
import { afterEach, describe, expect, test } from 'vitest';
import { createSafeStorage } from '../../src/lib/safe-storage.js';
import { createJournal } from '../../src/queue/journal.js';
import { createQueue, type Queue } from '../../src/queue/queue.js';
import { createStore, type Store } from '../../src/queue/store.js';
import { queuedEvent } from '../support/events.js';

const databases = globalThis.indexedDB;
const brokenDatabases = {
  open: () => {
    throw new DOMException('no', 'SecurityError');
  },
};
let count = 0;

afterEach(() => {
  Object.assign(globalThis, { indexedDB: databases });
});

async function open(
  name = `queue-${count++}`,
): Promise<{ queue: Queue; store: Store; name: string; degraded: string[] }> {
  const degraded: string[] = [];
  const journal = createJournal(createSafeStorage(), `${name}:`);
  const store = createStore(name, journal, (reason) => degraded.push(reason));
  await store.ready;
  return { queue: createQueue(store, journal), store, name, degraded };
}

const ids = (records: { event: { id: string } }[]) => records.map(({ event }) => event.id);
const many = (length: number) => Array.from({ length }, (_, sequence) => queuedEvent(`e${sequence}`, { sequence }));

describe.each([
  ['on disk', () => open()],
  [
    'in memory',
    () => {
      Object.assign(globalThis, { indexedDB: brokenDatabases });
      return open();
    },
  ],
  [
    'where IndexedDB is missing',
    () => {
      Object.assign(globalThis, { indexedDB: undefined });
      return open();
    },
  ],
])('the queue %s', (_, make) => {
  test('hands out the oldest first, bounded, lane by lane', async () => {
    const { queue } = await make();
    const records = many(30);
    for (const record of [...records].reverse()) queue.add(['a', 'b'], record);
    queue.add(['a~held'], queuedEvent('held'));
    expect(ids(await queue.peek('a', 10))).toEqual(ids(records.slice(0, 10)));
    expect(ids(await queue.peek('b', 100))).toEqual(ids(records));
    expect(ids(await queue.peek('a~held', 100))).toEqual(['held']);
    expect(await queue.peek('c', 100)).toEqual([]);
  });

  test('goes on behind a given event', async () => {
    const { queue } = await make();
    const records = many(25);
    for (const record of records) queue.add(['a'], record);
    const first = await queue.peek('a', 10);
    const second = await queue.peek('a', 10, first[9]);
    expect(ids(second)).toEqual(ids(records.slice(10, 20)));
    expect(ids(await queue.peek('a', 10, second[9]))).toEqual(ids(records.slice(20)));
  });

  test('hands out what it was given, unchanged', async () => {
    const { queue } = await make();
    const record = queuedEvent('e', { properties: { nested: { list: [1, null, 'x'] } }, value: 3 });
    queue.add(['a'], record);
    expect(await queue.peek('a', 1)).toEqual([record]);
  });

  test('removes by key, in one lane only', async () => {
    const { queue } = await make();
    const [first, second] = many(2);
    if (!first || !second) throw new Error('unreachable');
    queue.add(['a', 'b'], first);
    queue.add(['a', 'b'], second);
    queue.remove('a', [first]);
    expect(ids(await queue.peek('a', 9))).toEqual(['e1']);
    expect(ids(await queue.peek('b', 9))).toEqual(['e0', 'e1']);
    expect(await queue.has('a', first)).toBe(false);
    expect(await queue.has('b', first)).toBe(true);
  });

  test('keeps totals that follow events and counts, also after they were joined', async () => {
    const { queue } = await make();
    const records = many(40);
    let bytes = 0;
    for (const record of records) {
      queue.add(['a'], record);
      bytes += record.bytes;
      await Promise.resolve().then(() => {});
    }
    queue.count('a', { sent: 2, rejected: 1 });
    expect(await queue.tally('a')).toEqual({ waiting: 40, bytes, sent: 2, rejected: 1 });
    expect(await queue.tally('a', true)).toEqual({ waiting: 40, bytes, sent: 2, rejected: 1 });
    queue.remove('a', records);
    expect(await queue.tally('a')).toEqual({ sent: 2, rejected: 1 });
    expect(await queue.tally('b')).toEqual({});
  });

  test('remembers what a lane asks it to', async () => {
    const { queue } = await make();
    expect(await queue.recall('a')).toBeUndefined();
    queue.remember('a', { failures: 3 });
    queue.remember('a', { failures: 4 });
    queue.remember('b', { failures: 1 });
    expect(await queue.recall('a')).toEqual({ failures: 4 });
  });

  test('two queues of different names do not meet', async () => {
    const one = await make();
    const two = await make();
    one.queue.add(['a'], queuedEvent('e'));
    expect(await two.queue.peek('a', 9)).toEqual([]);
  });

  test('a removal and a later addition of the same event leave the event', async () => {
    const { queue } = await make();
    const record = queuedEvent('e');
    queue.add(['a'], record);
    queue.remove('a', [record]);
    queue.add(['a'], record);
    expect(ids(await queue.peek('a', 9))).toEqual(['e']);
  });
});

describe('on disk', () => {
  test('another visit finds events, totals and memory', async () => {
    const { queue, store, name } = await open();
    queue.add(['a'], queuedEvent('e'));
    queue.remember('a', { failures: 1 });
    await queue.peek('a', 1);
    store.close();
    const again = await open(name);
    expect(ids(await again.queue.peek('a', 9))).toEqual(['e']);
    expect((await again.queue.tally('a')).waiting).toBe(1);
    expect(await again.queue.recall('a')).toEqual({ failures: 1 });
  });

  test('events of before the database was open are there once it is', async () => {
    const name = `queue-${count++}`;
    const journal = createJournal(createSafeStorage(), `${name}:`);
    const store = createStore(name, journal, () => {});
    const queue = createQueue(store, journal);
    queue.add(['a', 'b'], queuedEvent('early'));
    expect(journal.read()).toHaveLength(1);
    await store.ready;
    expect(ids(await queue.peek('a', 9))).toEqual(['early']);
    expect((await queue.tally('b')).waiting).toBe(1);
    expect(journal.read()).toHaveLength(0);
  });

  test('sets aside and counts what is not an event', async () => {
    const { queue, store } = await open();
    queue.add(['a'], queuedEvent('good'));
    store.write([{ keys: ['a e 0000000000000001 bad'], value: { v: 99 } }]);
    expect(ids(await queue.peek('a', 9))).toEqual(['good']);
    expect(await queue.tally('a')).toMatchObject({ unreadable: 1 });
    expect(await store.read('a e ', 'a e \uffff')).toHaveLength(1);
  });

  test('a page being left writes to the journal, and the next page takes it over once', async () => {
    const { queue, store, name } = await open();
    const storage = createSafeStorage();
    const journal = createJournal(storage, `${name}:`);
    const leaving = createStore(name, journal, () => {});
    await leaving.ready;
    leaving.guard(true);
    createQueue(leaving, journal).add(['a', 'b'], queuedEvent('last', { owner: 'gone' }));
    expect(await queue.peek('a', 9)).toEqual([]);

    const next = createQueue(store, journal);
    await next.takeOver(({ owner }) => owner === 'someone else');
    expect(await queue.peek('a', 9)).toEqual([]);
    await next.takeOver(({ owner }) => owner === 'gone');
    await next.takeOver(({ owner }) => owner === 'gone');
    expect(ids(await queue.peek('a', 9))).toEqual(['last']);
    expect((await queue.tally('b')).waiting).toBe(1);
  });

  test('a connection that is closed under way is opened again, and nothing is lost', async () => {
    const { queue, name, degraded } = await open();
    queue.add(['a'], queuedEvent('before', { sequence: 1 }));
    await queue.peek('a', 1);
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = resolve;
      request.onerror = reject;
      request.onblocked = () => reject(new Error('another tab was blocked'));
    });
    queue.add(['a'], queuedEvent('after', { sequence: 2 }));
    await expect.poll(async () => ids(await queue.peek('a', 9))).toEqual(['after']);
    expect(degraded).toEqual([]);
  });
});

test('what cannot be opened says so once and goes on', async () => {
  Object.assign(globalThis, { indexedDB: brokenDatabases });
  const { queue, store, degraded } = await open();
  queue.add(['a'], queuedEvent('e'));
  await queue.peek('a', 1);
  expect(degraded).toHaveLength(1);
  expect(degraded[0]).toContain('SecurityError');
  expect(store.isDurable()).toBe(false);
});
