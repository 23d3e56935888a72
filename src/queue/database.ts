import { createStore, promisifyRequest, type UseStore, update } from 'idb-keyval';
import { within } from '../lib/within.js';
import type { Row } from './overlay.js';

const STORE = 'queue';
/** Time in ms after which an operation counts as failed. iOS was seen to leave writes pending for half an hour. */
const DEADLINE_MS = 5_000;
/** The message of that failure, which does not say whether the operation takes place. */
export const SILENT = 'IndexedDB does not answer';

/**
 * Opens the database and keeps the handle, so that a put needs no promise in front of it: an open that is pending when
 * the page goes away loses every write behind it. Rejects when IndexedDB is missing, blocked or silent.
 */
export async function openDatabase(name: string, onLost: (database: IDBDatabase) => void): Promise<IDBDatabase> {
  // In sandboxed frames idb-keyval's open throws rather than rejects; inside this async function that is the same.
  const store: UseStore = createStore(name, STORE);
  const opening = store('readonly', ({ transaction }) => {
    transaction.commit();
    return transaction.db;
  });
  return opened(opening, onLost);
}

/** Likewise, but makes no database: rejects where there is none of this name. */
export async function openExisting(name: string, onLost: (database: IDBDatabase) => void): Promise<IDBDatabase> {
  const opening = indexedDB.open(name);
  opening.onupgradeneeded = () => opening.transaction?.abort();
  return opened(promisifyRequest(opening), onLost);
}

async function opened(opening: Promise<IDBDatabase>, onLost: (database: IDBDatabase) => void): Promise<IDBDatabase> {
  let isLate = false;
  const watched = opening.then((db) => {
    // Without this, another tab's deleteDatabase() or upgrade stays blocked for as long as this page lives.
    db.onversionchange = () => {
      db.close();
      onLost(db);
    };
    db.addEventListener('close', () => onLost(db));
    if (isLate) db.close();
    return db;
  });
  try {
    return await timely(watched);
  } catch (error) {
    isLate = true;
    throw error;
  }
}

/** Begins a transaction, which whoever asked for it has to commit. */
export const begin = (database: IDBDatabase, mode: IDBTransactionMode): IDBObjectStore =>
  database.transaction(STORE, mode).objectStore(STORE);

/** Resolves when the transaction is complete, rejects when it failed or nothing is heard of it. */
export const completed = (transaction: IDBTransaction): Promise<void> => timely(promisifyRequest(transaction));

/** Puts a row, or removes it if it has no value. */
export function putRow(store: IDBObjectStore, key: string, value: unknown): void {
  if (value === undefined) store.delete(key);
  else store.put(value, key);
}

/** Puts rows, or removes those without a value, in one short transaction that is committed before this returns. */
export async function writeRows(
  database: IDBDatabase,
  rows: readonly (readonly [key: string, entry: { readonly value: unknown }])[],
): Promise<void> {
  const store = begin(database, 'readwrite');
  for (const [key, { value }] of rows) putRow(store, key, value);
  store.transaction.commit();
  await completed(store.transaction);
}

/** Rows from `lower` to `upper`, both included, in the order of their keys, in one short committed transaction. */
export async function readRange(
  database: IDBDatabase,
  lower: string,
  upper: string,
  limit: number | undefined,
): Promise<Row[]> {
  const range = IDBKeyRange.bound(lower, upper);
  const store = begin(database, 'readonly');
  const requests = [store.getAllKeys(range, limit), store.getAll(range, limit)] as const;
  // An uncommitted transaction, even a reading one, holds up later ones, and they die with the page.
  store.transaction.commit();
  const [keys, values] = await timely(
    Promise.all([promisifyRequest(requests[0]), promisifyRequest<unknown[]>(requests[1])]),
  );
  return keys.map((key, index) => [String(key), values[index]]);
}

/** Changes one value in one transaction, whatever other pages do. */
export async function updateRow<T>(
  database: IDBDatabase,
  key: string,
  change: (before: T | undefined) => T | undefined,
): Promise<T | undefined> {
  let after: T | undefined;
  const here: UseStore = async (mode, use) => use(begin(database, mode));
  await timely(update<T | undefined>(key, (before) => (after = change(before)), here));
  return after;
}

/** Some browsers leave an operation pending for ever, with no event at all. */
const timely = <T>(work: Promise<T>): Promise<T> => within(DEADLINE_MS, work, SILENT);
