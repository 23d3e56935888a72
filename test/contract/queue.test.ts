import 'fake-indexeddb/auto';
import { afterEach, describe, expect, test } from 'vitest';
import { createSafeStorage } from '../../src/lib/safe-storage.js';
import { createJournal, type Entry } from '../../src/queue/journal.js';
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

  test('sets aside and counts what is not an event, however much of it there is, and keeps it', async () => {
    const { queue, store } = await open();
    const damaged = Array.from({ length: 250 }, (_, index) => `a e 0000000000000${100 + index} bad${index}`);
    store.write(damaged.map((key) => ({ keys: [key], value: { v: 99, bytes: 7 } })));
    queue.count('a', { waiting: 250, bytes: 1750 });
    queue.add(['a'], queuedEvent('good'));
    expect(ids(await queue.peek('a', 100))).toEqual(['good']);
    expect(await queue.tally('a')).toEqual({
      waiting: 1,
      bytes: queuedEvent('good').bytes,
      unreadable: 250,
    });
    expect(await store.read('a e ', 'a e \uffff')).toHaveLength(1);
    expect(await store.read('a~aside ', 'a~aside \uffff')).toHaveLength(250);
  });

  test('puts back what a newer library stored once that library is here', async () => {
    const { queue, store } = await open();
    const record = queuedEvent('later');
    store.write([{ keys: [`a~aside a e ${record.position} later`], value: record }]);
    store.write([{ keys: [`a~aside a e ${record.position} never`], value: { v: 99 } }]);
    queue.count('a', { unreadable: 2 });
    await queue.reclaim('a');
    expect(ids(await queue.peek('a', 9))).toEqual(['later']);
    expect(await queue.tally('a')).toEqual({ waiting: 1, bytes: record.bytes, unreadable: 1 });
    await queue.reclaim('a');
    expect(await store.read('a~aside ', 'a~aside \uffff')).toHaveLength(1);
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

  test('what a page left to the journal it does not write there again, even if it never hears what became of it', async () => {
    const { name } = await open();
    const storage = createSafeStorage();
    const journal = createJournal(storage, `${name}:`);
    const store = createStore(name, journal, () => {});
    await store.ready;
    createQueue(store, journal).add(['a'], queuedEvent('last'));
    store.guard(true);
    // Another page takes and delivers it, and this one comes back before its transaction says anything.
    const another = createJournal(storage, `${name}:`);
    expect(another.read()).toHaveLength(1);
    for (const { id = '' } of another.read()) another.erase(id);
    store.resume();
    store.guard(true);
    expect(journal.read()).toEqual([]);
  });

  test('what was removed by a page that did not live to count it counts as delivered, unconfirmed', async () => {
    const { queue, store } = await open();
    for (const record of many(3)) queue.add(['a', 'b'], record);
    const rows = await store.read('a e ', 'a e \uffff');
    store.write([{ keys: rows.map(([key]) => key), value: undefined }]);
    const added = await queue.tally('b');
    await queue.balance('a');
    expect(await queue.tally('a')).toEqual({ sent: 3, unconfirmed: 3 });
    // Once, and only where nothing waits.
    await queue.balance('a');
    await queue.balance('b');
    expect(await queue.tally('a')).toEqual({ sent: 3, unconfirmed: 3 });
    expect(await queue.tally('b')).toEqual(added);
  });

  test('what may still come from a journal is not taken for delivered', async () => {
    const { queue, store, name } = await open();
    const journal = createJournal(createSafeStorage(), `${name}:`);
    journal.write({ id: 'a e 1 one', keys: ['a e 1 one'], value: queuedEvent('one') });
    const careful = createQueue(store, journal);
    queue.count('a', { waiting: 1, bytes: 9 });
    await queue.tally('a');
    await careful.balance('a');
    expect(await careful.tally('a')).toEqual({ waiting: 1, bytes: 9 });
  });

  describe('of a page that goes away before its last transaction is complete', () => {
    /** What that page leaves in the journal, and the totals it had in mind. */
    async function left(before: (queue: Queue) => Promise<void> | void, last: (queue: Queue) => void) {
      const { name } = await open();
      const storage = createSafeStorage();
      const journal = createJournal(storage, `${name}:`);
      const leaving = createStore(name, journal, () => {});
      await leaving.ready;
      const queue = createQueue(leaving, journal);
      await before(queue);
      await queue.tally('a');
      await expect.poll(() => journal.read()).toEqual([]);
      last(queue);
      // Totals are written in the task's microtasks.
      await Promise.resolve();
      leaving.guard(true);
      const entries = journal.read();
      const totals = await queue.tally('a');
      return { entries, totals };
    }

    /** The next page, which finds these rows and that journal. */
    async function next(entries: readonly Entry[], stored: (queue: Queue) => void) {
      const { queue, store, name } = await open();
      stored(queue);
      await queue.peek('a', 9);
      const journal = createJournal(createSafeStorage(), `${name}:`);
      for (const entry of JSON.parse(JSON.stringify(entries))) journal.write(entry);
      const its = createQueue(store, journal);
      await its.takeOver(() => true);
      await its.takeOver(() => true);
      await expect.poll(() => journal.read()).toEqual([]);
      return { events: ids(await its.peek('a', 9)), totals: await its.tally('a') };
    }

    const one = queuedEvent('one', { owner: 'gone', sequence: 1 });
    const two = queuedEvent('two', { owner: 'gone', sequence: 2 });
    const takeOne = (queue: Queue) => {
      queue.count('a', { sent: 1 });
      queue.remove('a', [one]);
    };
    const hasOne = (queue: Queue) => queue.add(['a'], one);

    test('a removal counts, whatever of the transaction reached the disk', async () => {
      const { entries, totals } = await left(hasOne, takeOne);
      expect(totals).toEqual({ sent: 1 });
      expect(await next(entries, hasOne)).toEqual({ events: [], totals });
      // As in WebKit, which then removes and does not put.
      const removedOnly = (queue: Queue) => {
        queue.count('a', { waiting: 1, bytes: one.bytes });
      };
      expect(await next(entries, removedOnly)).toEqual({ events: [], totals });
    });

    test('what a lane remembers is what it remembered last, whatever of the transaction reached the disk', async () => {
      const { entries } = await left(hasOne, (queue) => {
        queue.remember('a', 'first');
        queue.remember('a', 'last');
        queue.remember('b', 'other');
      });
      for (const stored of ['nothing', 'first', 'last']) {
        const { queue, store, name } = await open();
        if (stored !== 'nothing') queue.remember('a', stored);
        await queue.recall('a');
        const journal = createJournal(createSafeStorage(), `${name}:`);
        for (const entry of JSON.parse(JSON.stringify(entries))) journal.write(entry);
        const its = createQueue(store, journal);
        await its.takeOver(() => true);
        expect(await its.recall('a')).toBe('last');
        expect(await its.recall('b')).toBe('other');
        await expect.poll(() => journal.read()).toEqual([]);
      }
    });

    test('an event is there once and counted once, whatever of the transaction reached the disk', async () => {
      const { entries, totals } = await left(hasOne, (queue) => queue.add(['a'], two));
      const expected = { events: ['one', 'two'], totals };
      expect(await next(entries, hasOne)).toEqual(expected);
      const eventOnly = (queue: Queue) => {
        hasOne(queue);
        queue.add(['a'], two);
        queue.count('a', { waiting: -1, bytes: -two.bytes });
      };
      expect(await next(entries, eventOnly)).toEqual(expected);
      // Its process was killed: what is journaled only by a page that goes away is not there.
      const killed = entries.filter(({ atExit }) => !atExit);
      expect(await next(killed, hasOne)).toEqual(expected);
      expect(await next(killed, eventOnly)).toEqual(expected);
    });

    test('an event that may still reach the disk is not taken over, or it would come back after its delivery', async () => {
      const { entries } = await left(hasOne, (queue) => queue.add(['a'], two));
      const { queue, store, name } = await open();
      hasOne(queue);
      await queue.peek('a', 9);
      const journal = createJournal(createSafeStorage(), `${name}:`);
      for (const entry of entries) journal.write(entry);
      const its = createQueue(store, journal);
      const anyone = () => true;
      expect(await its.takeOver(anyone, () => false)).toBe(true);
      expect(ids(await its.peek('a', 9))).toEqual(['one']);
      expect(its.journaled()).toContain('two');
      // There it is.
      queue.add(['a'], two);
      expect(await its.takeOver(anyone, () => false)).toBe(false);
      expect(its.journaled()).not.toContain('two');
      expect(ids(await its.peek('a', 9))).toEqual(['one', 'two']);
    });

    test('an event that was moved to another part is in one of the two', async () => {
      const { entries } = await left(hasOne, (queue) => {
        queue.add(['a~held'], one);
        queue.remove('a', [one]);
      });
      const { queue, store, name } = await open();
      const journal = createJournal(createSafeStorage(), `${name}:`);
      for (const entry of JSON.parse(JSON.stringify(entries))) journal.write(entry);
      const its = createQueue(store, journal);
      await its.takeOver(() => true);
      expect(ids(await its.peek('a~held', 9))).toEqual(['one']);
      expect(await queue.peek('a', 9)).toEqual([]);
    });
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
