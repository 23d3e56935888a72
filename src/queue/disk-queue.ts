import { get, promisifyRequest, set } from 'idb-keyval';
import { newId } from '../lib/new-id.js';
import { type Database, storeOf, withDeadline } from './database.js';
import { addTally, emptyTally, type Queue, type QueuedEvent, type Tally, type TallyChange, tallyChanges } from './queue.js';

/** Stored differences of a lane's totals that are worth joining into one. */
const JOIN_DIFFERENCES_AT = 24;

// Keys sort as: [lane] its memory < [lane, position, id] events < [lane, '+', id] differences of its totals.
const eventKey = (record: QueuedEvent): IDBValidKey => [record.lane, record.position, record.event.id];
const eventRange = (lane: string, after?: QueuedEvent) =>
  IDBKeyRange.bound(after ? eventKey(after) : [lane, -Infinity], [lane, Infinity], after !== undefined);
const differenceKey = (lane: string): IDBValidKey => [lane, '+', newId()];
const differenceRange = (lane: string) => IDBKeyRange.bound([lane, '+'], [lane, []]);

const isQueuedEvent = (value: unknown): value is QueuedEvent =>
  (value as QueuedEvent | undefined)?.v === 1 && typeof (value as QueuedEvent).event?.id === 'string';

/** The queue on an open database. Every operation rejects when the database fails it or stays silent. */
export function createDiskQueue(database: Database, deadlineMs: number): Queue {
  const write = (what: string, request: (objectStore: IDBObjectStore) => void): Promise<void> =>
    withDeadline(
      database.store('readwrite', (objectStore) => {
        request(objectStore);
        return promisifyRequest(objectStore.transaction);
      }),
      deadlineMs,
      what,
    );

  /** Values of a range with their keys, oldest first. */
  const read = (what: string, range: IDBKeyRange, limit?: number): Promise<[unknown[], IDBValidKey[]]> =>
    withDeadline(
      database.store('readonly', (objectStore) =>
        Promise.all([
          promisifyRequest<unknown[]>(objectStore.getAll(range, limit)),
          promisifyRequest(objectStore.getAllKeys(range, limit)),
        ]),
      ),
      deadlineMs,
      what,
    );

  const replace = (what: string, lane: string, keys: readonly IDBValidKey[], change: TallyChange) =>
    write(what, (objectStore) => {
      for (const key of keys) objectStore.delete(key);
      objectStore.put(change, differenceKey(lane));
    });

  const writeTask = createTaskWriter(database);

  return {
    add: (records) => withDeadline(writeTask(records), deadlineMs, 'add'),

    async peek(lane, limit, after) {
      const [values, keys] = await read('peek', eventRange(lane, after), limit);
      const unreadable = keys.filter((_, index) => !isQueuedEvent(values[index]));
      if (unreadable.length > 0) {
        const count = unreadable.length;
        await replace('set aside', lane, unreadable, { waiting: -count, dropped: { unreadable: count } });
      }
      return values.filter(isQueuedEvent);
    },

    async present(records) {
      const found = await withDeadline(
        database.store('readonly', (objectStore) =>
          Promise.all(records.map((record) => promisifyRequest(objectStore.getKey(eventKey(record))))),
        ),
        deadlineMs,
        'present',
      );
      return records.filter((_, index) => found[index] !== undefined);
    },

    async settle(settlement) {
      const { removed, added = [] } = settlement;
      const remove = (objectStore: IDBObjectStore) => {
        for (const record of removed) objectStore.delete(eventKey(record));
      };
      try {
        await write('settle', (objectStore) => {
          remove(objectStore);
          for (const record of added) objectStore.put(record, eventKey(record));
          for (const [lane, change] of tallyChanges(settlement)) objectStore.put(change, differenceKey(lane));
        });
      } catch (error) {
        // On a full disk every put fails, and with it the whole settlement; making room and not sending twice matter
        // more than the totals.
        if (removed.length === 0 || added.length > 0) throw error;
        await write('remove', remove);
      }
    },

    async tally(lane, join) {
      const [differences, keys] = await read('tally', differenceRange(lane));
      const total = (differences as TallyChange[]).reduce<Tally>(addTally, emptyTally());
      if (join && keys.length > JOIN_DIFFERENCES_AT) await replace('join', lane, keys, total);
      return total;
    },

    recall: (lane) => withDeadline(get<object>([lane], database.store), deadlineMs, 'recall'),
    remember: (lane, memory) => withDeadline(set([lane], memory, database.store), deadlineMs, 'remember'),
    wipe: (lane) => write('wipe', (objectStore) => objectStore.delete(IDBKeyRange.bound([lane], [lane, []]))),
    close: () => database.close(),
  };
}

/**
 * Puts at once, and commits in the microtask after: all records of one task share one transaction, because a hundred
 * small transactions in front of a navigation lose hundreds of records where one loses none.
 */
function createTaskWriter(database: Database) {
  let task: { transaction: IDBTransaction; done: Promise<void>; records: QueuedEvent[] } | undefined;

  const commit = () => {
    if (!task) return;
    const { transaction, records } = task;
    task = undefined;
    try {
      for (const [lane, change] of tallyChanges({ lane: '', removed: [], added: records })) {
        storeOf(transaction).put(change, differenceKey(lane));
      }
      transaction.commit();
    } catch {
      // The connection died within the task. The transaction is aborted, so `done` rejects and says so.
    }
  };

  return async (records: readonly QueuedEvent[]): Promise<void> => {
    if (!task) {
      const transaction = database.begin();
      task = { transaction, done: promisifyRequest(transaction), records: [] };
      queueMicrotask(commit);
    }
    const { transaction, done } = task;
    for (const record of records) {
      storeOf(transaction).put(record, eventKey(record));
      task.records.push(record);
    }
    return done;
  };
}
