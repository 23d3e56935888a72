import { begin, completed, openDatabase, readRange } from './database.js';
import type { Entry, Journal } from './journal.js';

/** A connection that dies twice within this time, in ms, is not reopened again. */
const REOPEN_AGAIN_AFTER_MS = 60_000;

export type Row = readonly [key: string, value: unknown];

/**
 * Keys and values on disk where there is one; in memory, and the journal, what is not on disk: while the database is
 * opening, while the page is being left, when a write fails, and where IndexedDB cannot be used at all.
 */
export interface Store {
  /** Resolves once the database is open, or known not to open. Never rejects. */
  readonly ready: Promise<void>;
  /** Is everything on disk, or about to be? */
  isDurable(): boolean;
  /** Writes before it returns; an undefined value removes. All entries of one task share one transaction. Never throws. */
  write(entries: readonly Entry[]): void;
  /** Rows from `lower` to `upper`, both included, in the order of their keys. Never rejects. */
  read(lower: string, upper: string, limit?: number): Promise<Row[]>;
  /** The page is hidden or left: what is not on disk goes to the journal, and if left, all that still comes. */
  guard(left: boolean): void;
  /** The page came back from the back/forward cache. */
  resume(): void;
  close(): void;
}

export function createStore(name: string, journal: Journal, onDegraded: (reason: string) => void): Store {
  /** What is not on disk, by key. */
  const staged = new Map<string, Entry>();
  /** Entries that nobody has said are on disk, by id. */
  const unconfirmed = new Map<string, Entry>();
  let database: IDBDatabase | undefined;
  let task: { readonly store: IDBObjectStore; readonly entries: Entry[] } | undefined;
  let isLeft = false;
  let isDegraded = false;
  /** No more attempts: closed, or in memory for good. */
  let isOver = false;
  let lostAt = Number.NEGATIVE_INFINITY;

  const degrade = (error: unknown) => {
    if (!isDegraded) onDegraded(String(error));
    isDegraded = true;
  };

  const stage = (entries: readonly Entry[]) => {
    for (const entry of entries) {
      for (const key of entry.keys) staged.set(key, entry);
      // What is in memory for good is delivered or lost with this page, so the next one must not find it.
      if (!entry.id || isOver) continue;
      unconfirmed.set(entry.id, entry);
      journal.write(entry);
    }
  };

  const confirm = (entries: readonly Entry[]) => {
    for (const entry of entries) {
      if (!entry.id || unconfirmed.get(entry.id) !== entry) continue;
      unconfirmed.delete(entry.id);
      journal.erase(entry.id);
    }
  };

  const fail = (entries: readonly Entry[], error: unknown) => {
    stage(entries);
    // A full disk is no dead connection: what is stored can still be read, delivered and removed.
    if ((error as DOMException | null)?.name === 'QuotaExceededError') degrade(error);
    else lose(error);
  };

  /** What is staged under this key is out of date; its entry is done with once that is true of all its keys. */
  const supersede = (key: string) => {
    const entry = staged.get(key);
    if (!staged.delete(key) || !entry) return;
    if (![...staged.values()].includes(entry)) confirm([entry]);
  };

  const commit = () => {
    if (!task) return;
    const { store, entries } = task;
    task = undefined;
    for (const entry of entries) if (entry.id) unconfirmed.set(entry.id, entry);
    try {
      store.transaction.commit();
    } catch {
      // The connection died within this task; then the transaction is aborted, and `completed` says so.
    }
    completed(store.transaction).then(
      () => confirm(entries),
      (error: unknown) => fail(entries, error),
    );
  };

  const write = (entries: readonly Entry[]) => {
    if (!database || isLeft) return stage(entries);
    try {
      if (!task) {
        task = { store: begin(database, 'readwrite'), entries: [] };
        queueMicrotask(commit);
      }
      const { store } = task;
      for (const { keys, value } of entries) {
        for (const key of keys) {
          supersede(key);
          if (value === undefined) store.delete(key);
          else store.put(value, key);
        }
      }
      task.entries.push(...entries);
    } catch (error) {
      task = undefined;
      fail(entries, error);
    }
  };

  /** Moves to disk what could not be written before; removals first, for they succeed on a full disk too. */
  const unstage = () => {
    if (!database || isLeft || staged.size === 0) return;
    const keys = new Map<Entry, string[]>();
    for (const [key, entry] of staged) keys.set(entry, [...(keys.get(entry) ?? []), key]);
    const entries = [...keys].map(([entry, its]) => ({ ...entry, keys: its }));
    const journaled = [...unconfirmed.keys()];
    staged.clear();
    unconfirmed.clear();
    commit();
    write(entries.filter(({ value }) => value === undefined));
    commit();
    write(entries.filter(({ value }) => value !== undefined));
    commit();
    for (const id of journaled) if (!unconfirmed.has(id)) journal.erase(id);
  };

  const open = async () => {
    try {
      const opened = await openDatabase(name, () => lose('connection lost'));
      if (isOver) return opened.close();
      database = opened;
      unstage();
    } catch (error) {
      isOver = true;
      confirm([...unconfirmed.values()]);
      degrade(error);
    }
  };

  const lose = (error: unknown) => {
    if (!database) return;
    database.close();
    database = undefined;
    if (Date.now() - lostAt < REOPEN_AGAIN_AFTER_MS) {
      isOver = true;
      confirm([...unconfirmed.values()]);
      degrade(error);
    } else {
      lostAt = Date.now();
      void open();
    }
  };

  return {
    ready: open(),
    isDurable: () => !isDegraded || (database !== undefined && staged.size === 0),
    write,
    async read(lower, upper, limit) {
      unstage();
      const rows = new Map<string, unknown>();
      if (database) {
        try {
          const [keys, values] = await readRange(database, IDBKeyRange.bound(lower, upper), limit);
          keys.forEach((key, index) => void rows.set(String(key), values[index]));
        } catch (error) {
          lose(error);
        }
      }
      if (staged.size === 0) return [...rows];
      for (const [key, { value }] of staged) {
        if (value === undefined) rows.delete(key);
        else if (lower <= key && key <= upper) rows.set(key, value);
      }
      return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, limit);
    },
    guard(left) {
      commit();
      isLeft ||= left;
      for (const entry of unconfirmed.values()) journal.write(entry);
    },
    resume() {
      isLeft = false;
      unstage();
    },
    close() {
      commit();
      isOver = true;
      database?.close();
    },
  };
}
