import { createStore, type UseStore } from 'idb-keyval';

const STORE = 'queue';

/** An open connection. */
export interface Database {
  /**
   * idb-keyval's store function, made synchronous and committing: the callback runs before this returns, and its
   * transaction is committed at once. An uncommitted transaction dies with the page, and holds up every later one.
   */
  readonly store: UseStore;
  /** A transaction that stays open for more requests of this task; the caller commits it. */
  begin(): IDBTransaction;
  close(): void;
}

/** The one store of a transaction made by `begin()`. */
export const storeOf = (transaction: IDBTransaction): IDBObjectStore => transaction.objectStore(STORE);

/**
 * Opens the database and keeps the handle, so that a put needs no promise in front of it: an open that is pending when
 * the page goes away loses every write behind it. Rejects when IndexedDB is missing, blocked or silent for `deadlineMs`.
 */
export async function openDatabase(name: string, deadlineMs: number, onLost: () => void): Promise<Database> {
  // In sandboxed frames createStore's open throws rather than rejects; inside this async function that is the same.
  const opening = createStore(name, STORE)('readonly', (store) => {
    store.transaction.commit();
    return store.transaction.db;
  });
  const db = await withDeadline(opening, deadlineMs, 'open');
  // Without this, another tab's deleteDatabase() or upgrade stays blocked for as long as this page lives.
  db.onversionchange = () => {
    db.close();
    onLost();
  };
  db.addEventListener('close', onLost);
  return {
    // `async` turns the throw of a dead connection into a rejection; up to its end the function still runs at once.
    store: async (mode, callback) => {
      const { transaction, objectStore } = open(db, mode);
      const result = callback(objectStore);
      transaction.commit();
      return result;
    },
    begin: () => open(db, 'readwrite').transaction,
    close: () => db.close(),
  };
}

function open(db: IDBDatabase, mode: IDBTransactionMode) {
  const transaction = db.transaction(STORE, mode);
  return { transaction, objectStore: transaction.objectStore(STORE) };
}

/** Some browsers leave an operation pending for ever, with no event at all; then it counts as failed. */
export function withDeadline<T>(work: Promise<T>, deadlineMs: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`IndexedDB ${what}: no answer in ${deadlineMs} ms`)), deadlineMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
