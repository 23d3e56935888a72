import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';

const STORE = 'queue';
/** Time in ms after which an operation counts as failed. iOS was seen to leave writes pending for half an hour. */
const DEADLINE_MS = 5_000;

/**
 * Opens the database and keeps the handle, so that a put needs no promise in front of it: an open that is pending when
 * the page goes away loses every write behind it. Rejects when IndexedDB is missing, blocked or silent.
 */
export async function openDatabase(name: string, onLost: () => void): Promise<IDBDatabase> {
  // In sandboxed frames idb-keyval's open throws rather than rejects; inside this async function that is the same.
  const store: UseStore = createStore(name, STORE);
  const db = await timely(
    store('readonly', ({ transaction }) => {
      transaction.commit();
      return transaction.db;
    }),
  );
  // Without this, another tab's deleteDatabase() or upgrade stays blocked for as long as this page lives.
  db.onversionchange = () => {
    db.close();
    onLost();
  };
  db.addEventListener('close', onLost);
  return db;
}

/** Begins a transaction, which whoever asked for it has to commit. */
export const begin = (database: IDBDatabase, mode: IDBTransactionMode): IDBObjectStore =>
  database.transaction(STORE, mode).objectStore(STORE);

/** Resolves when the transaction is complete, rejects when it failed or nothing is heard of it. */
export const completed = (transaction: IDBTransaction): Promise<void> => timely(promisifyRequest(transaction));

/** The values of a key range with their keys, oldest first, in one short committed transaction. */
export function readRange(
  database: IDBDatabase,
  range: IDBKeyRange,
  limit: number | undefined,
): Promise<[IDBValidKey[], unknown[]]> {
  const store = begin(database, 'readonly');
  const rows = [store.getAllKeys(range, limit), store.getAll(range, limit)] as const;
  // An uncommitted transaction, even a reading one, holds up later ones, and they die with the page.
  store.transaction.commit();
  return timely(Promise.all([promisifyRequest(rows[0]), promisifyRequest<unknown[]>(rows[1])]));
}

/** Some browsers leave an operation pending for ever, with no event at all. */
function timely<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('IndexedDB does not answer')), DEADLINE_MS);
    work.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}
