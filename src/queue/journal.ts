import type { SafeStorage } from '../lib/safe-storage.js';

/** One value under several keys of the database; undefined removes them. */
export interface Entry {
  readonly keys: readonly string[];
  readonly value: unknown;
  /** Set if the entry is worth a place in the journal. */
  readonly id?: string | undefined;
}

/** Most entries of one page: a burst in front of an open database, not a second queue. At 1 kB each far below any quota. */
const MAX_ENTRIES = 1_000;

/**
 * A synchronous copy of what is not on disk yet, one localStorage key per event. It covers the moments in which
 * IndexedDB cannot help (the database is opening, a transaction is pending while the page goes away) and is no queue:
 * Chromium loses the last five seconds of localStorage when the whole browser is killed.
 */
export interface Journal {
  write(entry: Entry): void;
  erase(id: string): void;
  /** Entries of all pages. */
  read(): Entry[];
}

export function createJournal(storage: SafeStorage, prefix: string): Journal {
  const start = `${prefix}journal:`;
  const written = new Set<string>();
  return {
    write(entry) {
      const { id } = entry;
      if (id && written.size < MAX_ENTRIES && storage.set(start + id, entry)) written.add(id);
    },
    erase(id) {
      written.delete(id);
      storage.set(start + id, undefined);
    },
    read: () =>
      storage
        .keys(start)
        .map((key) => storage.get<Entry>(key))
        .filter((entry) => entry !== undefined),
  };
}
