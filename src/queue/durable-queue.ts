import { openDatabase } from './database.js';
import { createDiskQueue } from './disk-queue.js';
import type { Journal } from './journal.js';
import { byAge, createMemoryQueue } from './memory-queue.js';
import { addTally, type Queue, type QueuedEvent } from './queue.js';

/** Time in ms after which an IndexedDB operation counts as failed. iOS was seen to leave writes pending for half an hour. */
const DEADLINE_MS = 5_000;
/** A connection that dies twice within this time, in ms, is not reopened again. */
const REOPEN_AGAIN_AFTER_MS = 60_000;

export interface DurableQueue extends Queue {
  /** Resolves once the database is open, or known not to open. Never rejects. */
  readonly ready: Promise<void>;
  /** Is everything on disk, or about to be? */
  readonly durable: boolean;
  /** The page is being left or hidden: what is not on disk goes to the journal, and if left, all that still comes. */
  guard(left: boolean): void;
  /** The page came back from the back/forward cache. */
  resume(): void;
  /** Moves to disk what pages now gone left in the journal. Only one page at a time may do this. */
  takeOver(mayTake: (record: QueuedEvent) => boolean): Promise<void>;
}

/**
 * Disk where there is one, memory plus journal for everything that is not on disk: before the database is open, while
 * the page is being left, when a write fails, and where IndexedDB cannot be used at all.
 */
export function createDurableQueue(name: string, journal: Journal, onDegraded: (reason: string) => void): DurableQueue {
  const memory = createMemoryQueue();
  const unconfirmed = new Set<readonly QueuedEvent[]>();
  /** Settled, but the database would not say so: not to be handed out again. */
  const settled = new Set<string>();
  let disk: Queue | undefined;
  let leaving = false;
  let closed = false;
  let degraded = false;
  let reopenedAt = -Infinity;
  let opening: Promise<void> | undefined;

  const degrade = (error: unknown) => {
    if (degraded || closed) return;
    degraded = true;
    onDegraded(String(error));
  };

  const stage = (records: readonly QueuedEvent[]) => {
    journal.write(records);
    return memory.add(records);
  };

  const toDisk = async (target: Queue, records: readonly QueuedEvent[]) => {
    unconfirmed.add(records);
    try {
      await target.add(records);
      journal.erase(records);
    } catch (error) {
      await stage(records);
      degrade(error);
    } finally {
      unconfirmed.delete(records);
    }
  };

  const moveToDisk = async () => {
    if (!disk || leaving) return;
    const target = disk;
    const { records, tallies } = memory.drain();
    if (records.length > 0) await toDisk(target, records);
    for (const [lane, { waiting, bytes, ...change }] of tallies) {
      if (change.sent || change.retries || Object.keys(change.dropped).length > 0) {
        await target.settle({ lane, removed: [], change });
      }
    }
  };

  const open = async () => {
    try {
      const database = await openDatabase(name, DEADLINE_MS, () => void reopen('connection lost'));
      disk = createDiskQueue(database, DEADLINE_MS);
      if (closed) disk.close();
      await moveToDisk();
    } catch (error) {
      disk = undefined;
      degrade(error);
    } finally {
      opening = undefined;
    }
  };

  const reopen = (error: unknown): Promise<void> => {
    if (opening) return opening;
    disk?.close();
    disk = undefined;
    if (closed || Date.now() - reopenedAt < REOPEN_AGAIN_AFTER_MS) {
      degrade(error);
      return Promise.resolve();
    }
    reopenedAt = Date.now();
    opening = open();
    return opening;
  };

  /** Asks the database, once more on a fresh connection if it fails, and goes without it if it fails again. */
  const onDisk = async <T>(use: (disk: Queue) => Promise<T>, without: T): Promise<T> => {
    for (let attempt = 0; disk && attempt < 2; attempt++) {
      try {
        return await use(disk);
      } catch (error) {
        await reopen(error);
      }
    }
    return without;
  };

  const keyOf = (record: QueuedEvent) => `${record.lane} ${record.event.id}`;
  const ready = open();
  opening = ready;

  return {
    ready,
    get durable() {
      return !degraded || (disk !== undefined && memory.size === 0);
    },

    add: (records) => (disk && !leaving ? toDisk(disk, records) : stage(records)),

    async peek(lane, limit, after) {
      const stored = await onDisk((queue) => queue.peek(lane, limit, after), []);
      const staged = memory.size > 0 ? await memory.peek(lane, limit, after) : [];
      const both = [...stored.filter((record) => !memory.has(record)), ...staged];
      if (staged.length > 0) both.sort(byAge);
      return both.slice(0, limit).filter((record) => !settled.has(keyOf(record)));
    },

    async present(records) {
      const stored = new Set(await onDisk((queue) => queue.present(records), []));
      return records.filter((record) => stored.has(record) || memory.has(record));
    },

    async settle(settlement) {
      const { lane, removed, added, change } = settlement;
      const staged = removed.filter(memory.has);
      const stored = removed.filter((record) => !memory.has(record));
      await memory.settle({ lane, removed: staged });
      journal.erase(removed);
      const rest = { ...settlement, removed: stored };
      const saved = await onDisk((queue) => queue.settle(rest).then(() => true), false);
      if (!saved) {
        for (const record of stored) settled.add(keyOf(record));
        await memory.settle({ lane, removed: [], ...(added && { added }), ...(change && { change }) });
      } else if (memory.size > 0) {
        await moveToDisk();
      }
    },

    async tally(lane, join) {
      const stored = await onDisk((queue) => queue.tally(lane, join), undefined);
      const staged = await memory.tally(lane, join);
      return stored ? addTally(staged, stored) : staged;
    },

    recall: (lane) => onDisk((queue) => queue.recall(lane), memory.recall(lane)),
    async remember(lane, value) {
      await memory.remember(lane, value);
      await onDisk((queue) => queue.remember(lane, value), undefined);
    },

    async wipe(lane) {
      await memory.wipe(lane);
      await onDisk((queue) => queue.wipe(lane), undefined);
    },

    guard(left) {
      leaving ||= left;
      for (const records of unconfirmed) journal.write(records);
    },

    resume() {
      leaving = false;
      void moveToDisk();
    },

    async takeOver(mayTake) {
      const free = journal.read().filter((record) => mayTake(record) && !memory.has(record));
      if (free.length === 0 || !disk) return;
      const stored = await onDisk((queue) => queue.present(free), []);
      journal.erase(stored);
      if (disk) await toDisk(disk, free.filter((record) => !stored.includes(record)));
    },

    close() {
      closed = true;
      disk?.close();
    },
  };
}
