import { readRange, updateRow, writeRows } from './database.js';
import type { Entry } from './journal.js';
import type { Store } from './store.js';

/**
 * A store on a database that is open, for a worker: nothing is kept in memory, and a connection that is lost is not opened
 * again. What fails is told to `onFailed`.
 */
export function createOpenStore(database: IDBDatabase, onFailed: (error: unknown) => void): Store {
  /** This task's. */
  let entries: Entry[] = [];

  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      onFailed(error);
      return undefined;
    }
  };

  const commit = () => {
    const rows = entries.flatMap((entry) => entry.keys.map((key) => [key, entry] as const));
    entries = [];
    if (rows.length > 0) void attempt(() => writeRows(database, rows));
  };

  return {
    ready: Promise.resolve(),
    isDurable: () => true,
    hasDisk: () => true,
    write(given) {
      if (entries.length === 0) queueMicrotask(commit);
      entries.push(...given);
    },
    async read(lower, upper, limit) {
      commit();
      return (await attempt(() => readRange(database, lower, upper, limit))) ?? [];
    },
    update(key, change) {
      commit();
      return attempt(() => updateRow(database, key, change));
    },
    guard() {},
    resume() {},
    close() {
      commit();
      database.close();
    },
  };
}
