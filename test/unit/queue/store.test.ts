import 'fake-indexeddb/auto';
import { afterEach, expect, test, vi } from 'vitest';
import { createSafeStorage } from '../../../src/lib/safe-storage.js';
import { createJournal } from '../../../src/queue/journal.js';
import { createStore } from '../../../src/queue/store.js';

afterEach(() => vi.restoreAllMocks());

/** From here on every put fails as on a full disk: not at once, but when its transaction ends. */
function fillDisk(): void {
  const put = IDBObjectStore.prototype.put;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...row) {
    const { transaction } = this;
    transaction.commit = () => {
      transaction.abort();
      Object.defineProperty(transaction, 'error', { value: new DOMException('', 'QuotaExceededError') });
    };
    return put.apply(this, row);
  });
}

test('on a full disk each of several reads at once sees what is in memory only', { timeout: 30_000 }, async () => {
  const degraded: string[] = [];
  const store = createStore('full', createJournal(createSafeStorage(), 'full:'), (reason) => degraded.push(reason));
  await store.ready;
  fillDisk();
  store.write([{ id: 'a', keys: ['lane e a'], value: 'kept' }]);
  await vi.waitFor(() => expect(degraded).toHaveLength(1), 10_000);
  const reads: Promise<unknown>[] = [];
  // One begins while another one's attempt to write is failing.
  for (let nth = 1; nth <= 300; nth++) {
    reads.push(store.read('lane e ', 'lane e z', 10));
    await (nth % 3 === 0 ? new Promise((resolve) => setTimeout(resolve)) : Promise.resolve());
  }
  expect(await Promise.all(reads)).toEqual(Array(300).fill([['lane e a', 'kept']]));
  store.write([{ keys: ['lane e a'], value: undefined }]);
  expect(await store.read('lane e ', 'lane e z', 10)).toEqual([]);
  vi.restoreAllMocks();
  store.write([{ id: 'b', keys: ['lane e b'], value: 'kept' }]);
  expect(await store.read('lane e ', 'lane e z', 10)).toEqual([['lane e b', 'kept']]);
});

test('what is tracked while the ids are settled is settled too', async () => {
  const seen: unknown[] = [];
  const name = 'settling';
  const store = createStore(
    name,
    createJournal(createSafeStorage(), `${name}:`),
    () => {},
    async (staged) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      for (const { id } of staged) seen.push(id);
    },
  );
  store.write([{ id: 'e', keys: ['k'], value: 1 }]);
  await store.ready;
  expect(seen).toEqual(['e']);
});

/** Changes the transaction of the next put. */
function nextPut(change: (transaction: IDBTransaction) => void): void {
  const put = IDBObjectStore.prototype.put;
  const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...row) {
    change(this.transaction);
    spy.mockRestore();
    return put.apply(this, row);
  });
}

/** The next transaction that puts is ended by the browser, which says so once this was called. */
function endNext(): () => void {
  let end = () => {};
  nextPut((transaction) => {
    transaction.commit = () => {};
    end = () => transaction.abort();
  });
  return () => end();
}

test('a transaction that ended with a visit to the page is no dead connection', async () => {
  const degraded: string[] = [];
  const store = createStore('visits', createJournal(createSafeStorage(), 'visits:'), (why) => degraded.push(why));
  await store.ready;
  for (const id of ['a', 'b', 'c']) {
    const end = endNext();
    store.write([{ id, keys: [`lane e ${id}`], value: 'kept' }]);
    store.guard(true);
    store.resume();
    const seen = store.read(`lane e ${id}`, `lane e ${id}`);
    end();
    expect(await seen).toEqual([[`lane e ${id}`, 'kept']]);
  }
  expect(degraded).toEqual([]);
  expect(await store.read('lane e ', 'lane e z')).toHaveLength(3);
});

test('what another page took meanwhile is its own, though it never got to disk', async () => {
  const storage = createSafeStorage();
  const journal = createJournal(storage, 'taken:');
  const store = createStore('taken', journal, () => {});
  await store.ready;
  const end = endNext();
  store.write([{ id: 'a', keys: ['lane e a'], value: 'kept' }]);
  store.guard(true);
  createJournal(storage, 'taken:').erase('a');
  store.resume();
  const seen = store.read('lane e ', 'lane e z');
  end();
  expect(await seen).toEqual([]);
  expect(journal.read()).toEqual([]);
});

test('what the browser says nothing of after a return is not there a second time', async () => {
  const journal = createJournal(createSafeStorage(), 'silent:');
  const store = createStore('silent', journal, () => {});
  await store.ready;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  nextPut((transaction) => Object.defineProperty(transaction, 'oncomplete', { set() {} }));
  store.write([{ id: 'a', keys: ['lane e a'], value: 'kept' }]);
  store.guard(true);
  store.resume();
  expect(await store.read('lane e ', 'lane e z')).toEqual([['lane e a', 'kept']]);
  // As this page's own run does with what a page that was left had in the journal.
  journal.erase('a');
  store.write([{ keys: ['lane e a'], value: undefined }]);
  await vi.advanceTimersByTimeAsync(6_000);
  vi.useRealTimers();
  expect(await store.read('lane e ', 'lane e z')).toEqual([]);
});

test('while a dead connection is opened again nothing seems to be gone', async () => {
  const store = createStore('dead', createJournal(createSafeStorage(), 'dead:'), () => {});
  await store.ready;
  store.write([{ id: 'a', keys: ['lane e a'], value: 'kept' }]);
  expect(await store.read('lane e ', 'lane e z')).toHaveLength(1);
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
    throw new DOMException('', 'InvalidStateError');
  });
  const reads = [1, 2, 3, 4, 5].map(async (turns) => {
    // So that some begin before it is found to be dead, some after.
    for (let turn = 1; turn < turns; turn++) await Promise.resolve();
    return store.read('lane e ', 'lane e z');
  });
  expect(await Promise.all(reads)).toEqual(Array(5).fill([['lane e a', 'kept']]));
});

test('an opening that ended with a visit to the page is tried again', async () => {
  const degraded: string[] = [];
  vi.spyOn(indexedDB, 'open').mockImplementationOnce(() => {
    throw new DOMException('', 'AbortError');
  });
  const store = createStore('opening', createJournal(createSafeStorage(), 'opening:'), (why) => degraded.push(why));
  store.guard(true);
  store.resume();
  await store.ready;
  expect(degraded).toEqual([]);
  expect(store.hasDisk()).toBe(true);
});
