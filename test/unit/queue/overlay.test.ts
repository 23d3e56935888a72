import 'fake-indexeddb/auto';
import { describe, expect, test } from 'vitest';
import { createSafeStorage } from '../../../src/lib/safe-storage.js';
import { createJournal } from '../../../src/queue/journal.js';
import { createQueue } from '../../../src/queue/queue.js';
import { createStore } from '../../../src/queue/store.js';
import { queuedEvent } from '../../support/events.js';
import { type Disk, fillDiskOnDemand } from './full-disk.js';

let count = 0;
let disk: Disk;

async function openStore(name = `store-${count++}`) {
  disk = fillDiskOnDemand();
  const degraded: string[] = [];
  const journal = createJournal(createSafeStorage(), `${name}:`);
  const store = createStore(name, journal, (reason) => degraded.push(reason));
  await store.ready;
  const keys = async () => (await store.read('', '\uffff')).map(([key]) => key);
  /** What another page would find. */
  const onDisk = async () => {
    const other = createStore(name, createJournal(createSafeStorage(), ''), () => {});
    await other.ready;
    const rows = await other.read('', '\uffff');
    other.close();
    return rows;
  };
  return { name, store, journal, degraded, keys, onDisk };
}

describe('while the disk is full', () => {
  test('what cannot be written is read as if it could, kept in the journal, and said once', async () => {
    const { store, journal, degraded, keys, onDisk } = await openStore();
    disk.isFull = true;
    store.write([{ id: 'a', keys: ['k1', 'k2'], value: 1 }]);
    await expect.poll(() => degraded).toEqual([expect.stringContaining('QuotaExceededError')]);
    store.write([{ id: 'b', keys: ['k3'], value: 2 }]);
    await expect.poll(() => journal.read()).toHaveLength(2);
    expect(await keys()).toEqual(['k1', 'k2', 'k3']);
    expect(store.isDurable()).toBe(false);
    expect(await onDisk()).toEqual([]);

    disk.isFull = false;
    await keys();
    await expect.poll(() => journal.read()).toEqual([]);
    expect(await onDisk()).toHaveLength(3);
    expect(store.isDurable()).toBe(true);
    expect(degraded).toHaveLength(1);
  });

  test('what is removed does not come back, neither here nor on disk', async () => {
    const { store, keys, onDisk } = await openStore();
    store.write([{ keys: ['k1'], value: 1 }]);
    store.write([{ keys: ['k2'], value: 2 }]);
    await keys();
    disk.isFull = true;
    // In one transaction with something that needs room, so that the removal fails too.
    store.write([
      { keys: ['k1'], value: undefined },
      { keys: ['k3'], value: 3 },
    ]);
    await expect.poll(keys).toEqual(['k2', 'k3']);
    // On its own it succeeds on a full disk too, when it is tried again.
    expect(await keys()).toEqual(['k2', 'k3']);
    expect((await onDisk()).map(([key]) => key)).toEqual(['k2']);
    await expect.poll(keys).toEqual(['k2', 'k3']);
    disk.isFull = false;
    expect(await keys()).toEqual(['k2', 'k3']);
    expect((await onDisk()).map(([key]) => key)).toEqual(['k2', 'k3']);
  });

  test('the newest value of a key is the one that is read, and the one that is written once there is room', async () => {
    const { store, degraded, onDisk } = await openStore();
    store.write([{ keys: ['k'], value: 'on disk' }]);
    disk.isFull = true;
    store.write([{ keys: ['k'], value: 'staged' }]);
    await expect.poll(() => degraded).toHaveLength(1);
    await expect.poll(() => store.read('k', 'k')).toEqual([['k', 'staged']]);
    disk.isFull = false;
    store.write([{ keys: ['k'], value: 'newest' }]);
    expect(await store.read('k', 'k')).toEqual([['k', 'newest']]);
    expect(await onDisk()).toEqual([['k', 'newest']]);
  });

  test('a removal ends what is still staged, and its place in the journal once that is true of all its keys', async () => {
    const { store, journal, degraded, keys, onDisk } = await openStore();
    disk.isFull = true;
    store.write([{ id: 'a', keys: ['k1', 'k2'], value: 1 }]);
    await expect.poll(() => degraded).toHaveLength(1);
    disk.isFull = false;
    store.write([{ keys: ['k1'], value: undefined }]);
    expect(journal.read()).toHaveLength(1);
    store.write([{ keys: ['k2'], value: undefined }]);
    expect(journal.read()).toEqual([]);
    expect(await keys()).toEqual([]);
    expect(await onDisk()).toEqual([]);
  });
});

test('what a page removes while it is left does not come back to it, and goes from the disk when it returns', async () => {
  const { store, keys, onDisk } = await openStore();
  store.write([{ keys: ['k1'], value: 1 }]);
  store.write([{ keys: ['k2'], value: 2 }]);
  await keys();
  store.guard(true);
  store.write([{ keys: ['k1'], value: undefined }]);
  expect(await keys()).toEqual(['k2']);
  expect(await onDisk()).toHaveLength(2);
  store.resume();
  expect(await keys()).toEqual(['k2']);
  expect((await onDisk()).map(([key]) => key)).toEqual(['k2']);
});

describe('what the journal holds', () => {
  const record = queuedEvent('e', { owner: 'gone' });
  const keyOf = (lane: string) => `${lane} e ${record.position} e`;

  test('is not taken over a second time where it is on disk already, only where it is missing', async () => {
    const { store, journal } = await openStore();
    const queue = createQueue(store, journal);
    queue.add(['a'], record);
    await queue.peek('a', 1);
    // Its page was killed before it heard that the transaction was complete.
    journal.write({ id: 'e', keys: [keyOf('a'), keyOf('b')], value: record });
    await queue.takeOver(() => true);
    expect(await queue.tally('a')).toEqual({ waiting: 1, bytes: record.bytes });
    expect(await queue.tally('b')).toEqual({ waiting: 1, bytes: record.bytes });
    expect(await queue.peek('b', 9)).toEqual([record]);
    expect(journal.read()).toEqual([]);
  });

  test('is not there any more when it can be delivered, so that it does not come back afterwards', async () => {
    const { store, journal } = await openStore();
    const queue = createQueue(store, journal);
    journal.write({ id: 'e', keys: [keyOf('a')], value: record });
    await queue.takeOver(() => true);
    queue.remove('a', await queue.peek('a', 9));
    await queue.takeOver(() => true);
    expect(await queue.peek('a', 9)).toEqual([]);
    expect(await queue.tally('a')).toEqual({});
  });
});
