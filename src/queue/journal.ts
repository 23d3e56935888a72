import { newId } from '../lib/new-id.js';
import type { SafeStorage } from '../lib/safe-storage.js';

/** One value under several keys of the database; undefined removes them. */
export interface Entry {
  readonly keys: readonly string[];
  readonly value: unknown;
  /** Set if the entry is worth a place in the journal. */
  readonly id?: string | undefined;
  /**
   * True for what needs that place only while the page goes away: WebKit, which loses a page's last puts, may carry out
   * the removals of the same transaction.
   */
  readonly atExit?: boolean;
  /** Of an event: the end of the keys under which its lanes' totals take it into account. */
  readonly countedAs?: string | undefined;
}

/** An entry that is journaled only if the page goes away before it is on disk; under one `id`, only the last one is. */
export const atExit = (keys: readonly string[], value: unknown, id = newId()): Entry => ({
  id,
  keys,
  value,
  atExit: true,
});

/** Most entries of one page: a burst in front of an open database, not a second queue. At 1 kB each far below any quota. */
const MAX_ENTRIES = 1_000;

/**
 * A synchronous copy of what is not on disk yet, one localStorage key per event. It covers the moments in which
 * IndexedDB cannot help (the database is opening, a transaction is pending while the page goes away or its process dies)
 * and is no queue: Chromium loses the last five seconds of localStorage when the whole browser is killed.
 */
export interface Journal {
  write(entry: Entry): void;
  erase(id: string): void;
  /** These are on disk, unless something newer was written under their ids. */
  confirm(entries: readonly Entry[]): void;
  /** Was this written here, and has another page taken it since? */
  isTaken(entry: Entry): boolean;
  /** Erases all that this page has written. */
  clear(): void;
  /** Entries of all pages. */
  read(): Entry[];
  /** Ids of the events among them. */
  eventIds(): ReadonlySet<string>;
}

export function createJournal(storage: SafeStorage, prefix: string): Journal {
  const start = `${prefix}journal:`;
  const written = new Map<string, Entry>();
  /** Who wrote it: whoever takes an entry over may write it again, under the same id. */
  const by = newId();
  const erase = (id: string) => {
    written.delete(id);
    storage.set(start + id, undefined);
  };
  return {
    erase,
    write(entry) {
      const { id } = entry;
      if (!id || written.size >= MAX_ENTRIES) return;
      storage.set(start + id, { ...entry, by });
      written.set(id, entry);
    },
    confirm(entries) {
      for (const entry of entries) if (entry.id && written.get(entry.id) === entry) erase(entry.id);
    },
    isTaken: ({ id = '' }) => written.has(id) && storage.get<{ by?: string }>(start + id)?.by !== by,
    clear() {
      for (const id of written.keys()) erase(id);
    },
    // Rows end with the id of their event, and entries are named after their first row.
    eventIds: () => new Set(storage.keys(start).map((key) => key.slice(key.lastIndexOf(' ') + 1))),
    read: () =>
      storage
        .keys(start)
        .map((key) => storage.get<Entry>(key))
        // Whatever else stands there is not ours to mend, and must not stop anybody.
        .filter((entry) => Array.isArray(entry?.keys)) as Entry[],
  };
}
