import 'fake-indexeddb/auto';
import { afterEach, expect, test, vi } from 'vitest';
import { createSafeStorage } from '../../../src/lib/safe-storage.js';
import { createJournal } from '../../../src/queue/journal.js';
import { createStaged } from '../../../src/queue/staged.js';
import { createStore, next } from '../../../src/queue/store.js';
import { comeBack, leave, numbered, openPage, tick } from '../delivery/lane-harness.js';
import { fillDiskOnDemand } from './full-disk.js';

/** Several pages over one database that is not what it should be. */

let count = 0;
const databases = globalThis.indexedDB;
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  Object.assign(globalThis, { indexedDB: databases });
});

const open = (over: Parameters<typeof openPage>[0] = {}) => openPage({ ...over, takesOver: true });

test('what was tracked in pagehide and delivered by the next page does not come back with the page', async () => {
  const a = open();
  a.track(['first']);
  await a.flush();
  leave(a, false);
  // In the site's own handler of `pagehide`.
  a.track(['e']);
  await tick();
  const b = open({ name: a.name, storage: a.storage, at: a.state.now + 3_000 });
  await b.flush();
  await b.flush();
  expect(b.sent.flatMap(({ ids }) => ids)).toEqual(['e']);
  expect(await b.stats()).toMatchObject({ waiting: 0, sent: 2 });
  leave(b, false);
  a.state.now = b.state.now + 1_000;
  comeBack(a);
  await a.flush();
  await tick(20);
  await a.flush();
  const all = b.sent.flatMap(({ ids }) => ids);
  expect({ all, stats: await a.stats() }).toMatchObject({ all: ['e'], stats: { waiting: 0, sent: 2 } });
});

test('two tabs on a full disk deliver each event once', async () => {
  const disk = fillDiskOnDemand();
  let down = true;
  const a = open({ answer: () => 'network' });
  await a.store.ready;
  await a.flush();
  const b = open({
    name: a.name,
    storage: a.storage,
    at: a.state.now,
    answer: () => (down ? { status: 500 } : { status: 200 }),
  });
  await b.flush();
  disk.isFull = true;
  a.track(numbered(3));
  await tick(50);
  a.state.now += 15_000;
  b.state.now += 15_000;
  down = false;
  // It takes over what the other has in the journal, for that is ten seconds old.
  await b.flush();
  await b.flush();
  await a.flush();
  await a.flush();
  const all = b.sent.flatMap(({ ids }) => ids);
  expect(all.sort()).toEqual(numbered(3));
});

test('an operation of a connection that was given up does not cost the next one', { timeout: 30_000 }, async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const degraded: string[] = [];
  const name = `troubles-${count++}`;
  const store = createStore(name, createJournal(createSafeStorage(), `${name}:`), (why) => degraded.push(why));
  await store.ready;
  // Reads of this connection never answer, as was seen on iOS; the database itself is well.
  const dead = vi
    .spyOn(IDBObjectStore.prototype, 'getAll')
    .mockImplementation(() => ({ transaction: null }) as unknown as IDBRequest);
  const first = store.read('a', 'b');
  vi.advanceTimersByTime(2_000);
  const second = store.read('a', 'b');
  dead.mockRestore();
  vi.advanceTimersByTime(3_000);
  await first;
  store.write([{ id: 'e', keys: ['k'], value: 1 }]);
  await expect.poll(() => store.read('k', 'k')).toEqual([['k', 1]]);
  vi.advanceTimersByTime(2_000);
  vi.useRealTimers();
  await second;
  expect(await store.read('k', 'k')).toEqual([['k', 1]]);
  expect(degraded).toEqual([]);
});

test('a database that opens after its deadline does not block another tab', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const name = `troubles-${count++}`;
  // Another tab holds an upgrade open for longer.
  const upgrading = indexedDB.open(name, 1);
  let isHeld = true;
  await new Promise<void>((resolve) => {
    upgrading.onupgradeneeded = () => {
      const store = upgrading.result.createObjectStore('queue');
      const hold = () => {
        if (isHeld) store.get('x').onsuccess = hold;
      };
      hold();
      resolve();
    };
  });
  const degraded: string[] = [];
  const { ready } = createStore(name, createJournal(createSafeStorage(), `${name}:`), (why) => degraded.push(why));
  vi.advanceTimersByTime(5_000);
  vi.useRealTimers();
  await ready;
  expect(degraded).toHaveLength(1);
  const upgraded = new Promise((resolve) => {
    upgrading.onsuccess = resolve;
  });
  isHeld = false;
  await upgraded;
  upgrading.result.close();
  await tick(100);
  const deleting = indexedDB.deleteDatabase(name);
  const outcome = await new Promise((resolve) => {
    deleting.onsuccess = () => resolve('deleted');
    deleting.onblocked = () => resolve('blocked');
  });
  expect(outcome).toBe('deleted');
});

test('where nothing will ever be on disk, what was removed leaves nothing behind', () => {
  const staged = createStaged(createJournal(createSafeStorage(), 'troubles:'));
  staged.add({ keys: ['a', 'b'], value: 1 }, true);
  staged.add({ keys: ['a'], value: undefined }, true);
  expect(staged.rows().map(([key]) => key)).toEqual(['b']);
  // Elsewhere a removal hides the row that may be on disk.
  staged.add({ keys: ['c'], value: undefined }, false);
  expect(staged.over([['c', 1]], 'a', 'z')).toEqual([['b', 1]]);
});

test('what is removed before it is on disk is in the journal no longer', () => {
  const journal = createJournal(createSafeStorage(), 'troubles:');
  const staged = createStaged(journal);
  const entry = { id: 'a', keys: ['a', 'b'], value: 1 };
  journal.write(entry);
  staged.add(entry, false);
  staged.add({ keys: ['a'], value: undefined }, false);
  expect(journal.read()).toHaveLength(1);
  staged.add({ keys: ['b'], value: undefined }, false);
  expect(journal.read()).toEqual([]);
});

test('rows behind a limit are not skipped when some before it are removed in memory', async () => {
  const name = `troubles-${count++}`;
  const store = createStore(name, createJournal(createSafeStorage(), `${name}:`), () => {});
  await store.ready;
  const row = (n: number) => `k${String(n).padStart(3, '0')}`;
  const from = (first: number, length: number) => Array.from({ length }, (_, index) => first + index);
  store.write(from(0, 40).map((n) => ({ keys: [row(n)], value: n })));
  await store.read('k', 'kz');
  // From here on nothing touches the disk.
  store.guard(true);
  store.write([...from(0, 5), ...from(10, 10)].map((n) => ({ keys: [row(n)], value: undefined })));
  store.write([{ keys: [row(99)], value: 99 }]);
  const seen: unknown[] = [];
  let rows = await store.read('k', 'kz', 10);
  while (rows.length > 0) {
    seen.push(...rows.map(([, value]) => value));
    rows = await store.read(next(rows.at(-1)?.[0] ?? ''), 'kz', 10);
  }
  expect(seen).toEqual([...from(5, 5), ...from(20, 20), 99]);
});

test('an event in the journal is counted once, also where totals were joined meanwhile', async () => {
  const a = open();
  await a.store.ready;
  a.track(['e']);
  const [record] = await a.queue.peek('lane', 1);
  const totals = (await a.store.read('lane t ', 'lane t \uffff')).map(([key]) => key.slice('lane t '.length));
  // Killed before it heard that its transaction was complete: the journal has it still.
  const key = `lane e ${record?.position} e`;
  createJournal(a.storage, `${a.name}:`).write({ id: key, keys: [key], value: record, countedAs: totals[0] });
  // Another tab's lane is busy, and joins totals.
  const b = open({ name: a.name, storage: a.storage, at: a.state.now + 1_000, answer: () => ({ status: 200 }) });
  for (let n = 0; n < 30; n++) {
    b.track([`b${n}`]);
    await tick();
  }
  await b.flush();
  b.state.now += 61_000;
  await b.flush();
  await b.flush();
  expect(b.sent.flatMap(({ ids }) => ids).sort()).toEqual(['e', ...numbered(30, 'b')].sort());
  expect(await b.stats()).toMatchObject({ waiting: 0, bytes: 0, sent: 31 });
});

test('a page without a database leaves in the journal what it may lose', async () => {
  const a = open();
  leave(a, false);
  a.track(['e']);
  await tick();
  Object.assign(globalThis, { indexedDB: undefined });
  const b = open({ name: a.name, storage: a.storage, at: a.state.now + 20_000, answer: () => ({ status: 500 }) });
  await b.flush();
  leave(b, false);
  b.store.close();
  Object.assign(globalThis, { indexedDB: databases });
  const c = open({ name: a.name, storage: a.storage, at: b.state.now + 20_000 });
  await c.flush();
  await c.flush();
  expect(c.sent.flatMap(({ ids }) => ids)).toEqual(['e']);
});

test('an entry of the journal that is none stops nobody', async () => {
  const a = open();
  for (const [key, value] of Object.entries({ x: null, y: 5, z: { id: 'z' } })) {
    a.storage.set(`${a.name}:journal:${key}`, value);
  }
  a.track(['e']);
  expect(await a.flush()).toMatchObject({ sent: 1 });
  expect(a.errors).toEqual([]);
});
