import { openDatabase } from './database.js';

/** A connection that dies twice within this many ms is not reopened. */
const REOPEN_AGAIN_AFTER_MS = 60_000;

/** The connection to a database that may be lost, and is then opened once more. */
export interface Connection {
  /** The open one; undefined while there is none. */
  database(): IDBDatabase | undefined;
  /** Resolves once it is open, or there will be none. Never rejects. */
  opened(): Promise<void>;
  /** True once there will be none any more. */
  isOver(): boolean;
  /**
   * Resolves to what `work` does with the open one, or the next one where it failed; to undefined where there is none any
   * more. Never rejects.
   */
  use<T>(work: (database: IDBDatabase) => Promise<T>): Promise<T | undefined>;
  /** `gone` failed. One that was given up before is no news: its operations may end long after the next was opened. */
  lose(gone: IDBDatabase, error: unknown): void;
  /**
   * The page is left, or it is back: WebKit ends what is under way when a page enters its back/forward cache, and tells
   * the page once it is back. That says nothing of the connection.
   */
  interrupt(): void;
  /** How often that has happened; if more often than when something began, its failure is no news either. */
  interruptions(): number;
  close(): void;
}

/** `prepare` is waited for each time before the database is used; `onOver` hears why there will be none. */
export function createConnection(
  name: string,
  prepare: () => Promise<void> | undefined,
  onOpen: () => void,
  onOver: (error: unknown) => void,
): Connection {
  let database: IDBDatabase | undefined;
  let isOver = false;
  let lostAt = -Infinity;
  let interruptions = 0;

  const end = (error: unknown) => {
    isOver = true;
    onOver(error);
  };

  const lose: Connection['lose'] = (gone, error) => {
    if (gone !== database) return;
    gone.close();
    database = undefined;
    if (Date.now() - lostAt < REOPEN_AGAIN_AFTER_MS) return end(error);
    lostAt = Date.now();
    opened = open();
  };

  const open = async (): Promise<void> => {
    const before = interruptions;
    try {
      const opening = openDatabase(name, (gone) => lose(gone, 'connection lost'));
      const [its] = await Promise.all([opening, prepare()]);
      if (isOver) return its.close();
      database = its;
      onOpen();
    } catch (error) {
      if (before === interruptions) end(error);
      else await open();
    }
  };
  let opened = open();

  return {
    database: () => database,
    opened: () => opened,
    isOver: () => isOver,
    async use(work) {
      for (;;) {
        await opened;
        const here = database;
        if (isOver) return undefined;
        // It died meanwhile, and the next one is being opened.
        if (!here) continue;
        const before = interruptions;
        try {
          return await work(here);
        } catch (error) {
          if (before === interruptions) lose(here, error);
        }
      }
    },
    lose,
    interrupt() {
      interruptions += 1;
    },
    interruptions: () => interruptions,
    close() {
      isOver = true;
      database?.close();
    },
  };
}
