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
