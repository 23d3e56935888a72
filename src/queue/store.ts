import type { Settle } from './agreement.js';
import { createConnection } from './connection.js';
import { begin, completed, putRow, readRange, SILENT, updateRow, writeRows } from './database.js';
import type { Entry, Journal } from './journal.js';
import type { Row } from './overlay.js';
import { createStaged } from './staged.js';

/** Behind every key that begins with what stands before it. */
export const LAST = '\uffff';

/** The least key after this one. */
export const next = (key: string): string => `${key}\0`;

/**
 * Keys and values on disk where there is one; in memory, and the journal, what is not on disk: while the database is
 * opening, while the page is being left, when a write fails, and where IndexedDB cannot be used at all.
 */
export interface Store {
  /** Resolves once the database is open, or known not to open. Never rejects. */
  readonly ready: Promise<void>;
  /** Is everything on disk, or about to be? */
  isDurable(): boolean;
  /** False once everything is in memory only, and for good. */
  hasDisk(): boolean;
  /** Writes before it returns; an undefined value removes. All entries of one task share one transaction. Never throws. */
  write(entries: readonly Entry[]): void;
  /** Rows from `lower` to `upper`, both included, in the order of their keys. Never rejects. */
  read(lower: string, upper: string, limit?: number): Promise<Row[]>;
  /** Changes one row on disk in one transaction and resolves to it; to undefined where there is no disk for good. Never rejects. */
  update<T>(key: string, change: (before: T | undefined) => T | undefined): Promise<T | undefined>;
  /** The page is hidden or left: what is not on disk goes to the journal, and if left, all that still comes. */
  guard(left: boolean): void;
  /** The page came back from the back/forward cache. */
  resume(): void;
  close(): void;
}

export function createStore(name: string, journal: Journal, onDegraded: (why: string) => void, settle?: Settle): Store {
  const staged = createStaged(journal);
  let task: { readonly store: IDBObjectStore; readonly entries: Entry[]; readonly begun: number } | undefined;
  /** Entries of transactions that are not complete. */
  const pending = new Set<Entry>();
  let isLeft = false;
  let isMoving = false;
  let isDegraded = false;

  const degrade = (error: unknown) => {
    if (!isDegraded) onDegraded(String(error));
    isDegraded = true;
  };

  const connection = createConnection(
    name,
    () => settle?.(staged.entries()),
    () => void unstage(),
    (error) => {
      // What is in memory for good is delivered or lost with this page, so the next one must not find it.
      journal.clear();
      degrade(error);
    },
  );
  const { database, isOver, interruptions } = connection;

  const stage = (entries: readonly Entry[]) => {
    for (const entry of entries) {
      staged.add(entry, isOver());
      if (!isOver() && (isLeft || !entry.atExit)) journal.write(entry);
    }
  };

  const fail = (from: IDBDatabase, entries: readonly Entry[], error: unknown, begun: number) => {
    const isInterrupted = begun !== interruptions();
    // Of a page that was away, others may have taken them from the journal. Firefox may never say what became of them.
    if (isInterrupted && (error as Error | null)?.message === SILENT) return;
    stage(isInterrupted ? entries.filter((its) => !journal.isTaken(its)) : entries);
    // A full disk is no dead connection: what is stored can still be read, delivered and removed.
    if ((error as DOMException | null)?.name === 'QuotaExceededError') degrade(error);
    else if (isInterrupted) void unstage();
    else connection.lose(from, error);
  };

  const commit = () => {
    if (!task) return;
    const { store, entries, begun } = task;
    const { transaction } = store;
    task = undefined;
    try {
      transaction.commit();
    } catch {
      // The connection died within this task, so `completed` rejects.
    }
    completed(transaction)
      .then(
        () => journal.confirm(entries),
        (error: unknown) => fail(transaction.db, entries, error, begun),
      )
      .then(() => {
        for (const entry of entries) pending.delete(entry);
      });
  };

  const write = (entries: readonly Entry[]) => {
    const to = database();
    if (!to || isLeft) return stage(entries);
    try {
      if (!task) {
        task = { store: begin(to, 'readwrite'), entries: [], begun: interruptions() };
        queueMicrotask(commit);
      }
      const { store } = task;
      for (const entry of entries) {
        const { keys, value } = entry;
        for (const key of keys) {
          staged.supersede(key);
          putRow(store, key, value);
        }
        // A process may die within this very task.
        if (!entry.atExit) journal.write(entry);
        pending.add(entry);
      }
      task.entries.push(...entries);
    } catch (error) {
      task = undefined;
      fail(to, entries, error, interruptions());
    }
  };

  /** Moves to disk what could not be written; removals first, which a full disk takes. In sight of reads until there. */
  const unstage = async () => {
    if (isLeft) return;
    staged.forgetTaken();
    const to = database();
    if (!to || isMoving || staged.isEmpty()) return;
    isMoving = true;
    const begun = interruptions();
    commit();
    const move = async (rows: readonly [string, Entry][]) => {
      await writeRows(to, rows);
      for (const row of rows) staged.settle(...row);
    };
    const moves = [true, false].map((removes) =>
      move(staged.rows().filter(([, { value }]) => removes === (value === undefined))),
    );
    for (const result of await Promise.allSettled(moves))
      if (result.status === 'rejected') fail(to, [], result.reason, begun);
    isMoving = false;
  };

  return {
    ready: connection.opened(),
    isDurable: () => !isDegraded || (database() !== undefined && staged.isEmpty()),
    hasDisk: () => !isOver(),
    write,
    async read(lower, upper, limit) {
      void unstage();
      for (let from = lower; ; ) {
        // While the connection is opened again nothing may seem to be gone.
        const rows = (await connection.use((its) => readRange(its, from, upper, limit))) ?? [];
        if (staged.isEmpty()) return rows;
        // Behind a full chunk there is more on disk that nobody has looked at.
        const last = rows.length === limit ? (rows[rows.length - 1]?.[0] ?? upper) : upper;
        const seen = staged.over(rows, from, last).slice(0, limit);
        if (seen.length > 0 || last === upper) return seen;
        from = next(last);
      }
    },
    update: (key, change) => connection.use((its) => updateRow(its, key, change)),
    guard(left) {
      commit();
      if (!left) return;
      isLeft = true;
      connection.interrupt();
      if (!isOver()) for (const entry of [...pending, ...staged.entries()]) journal.write(entry);
      // From here on the journal answers for them: to a page that comes back, Firefox may never say what became of them.
      pending.clear();
    },
    resume() {
      isLeft = false;
      connection.interrupt();
      void unstage();
    },
    close() {
      commit();
      connection.close();
    },
  };
}
