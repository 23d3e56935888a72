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
  /** `gone` failed. One that was given up before is no news: its operations may end long after the next was opened. */
  lose(gone: IDBDatabase, error: unknown): void;
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
    try {
      const opening = openDatabase(name, (gone) => lose(gone, 'connection lost'));
      const [its] = await Promise.all([opening, prepare()]);
      if (isOver) return its.close();
      database = its;
      onOpen();
    } catch (error) {
      end(error);
    }
  };
  let opened = open();

  return {
    database: () => database,
    opened: () => opened,
    isOver: () => isOver,
    lose,
    close() {
      isOver = true;
      database?.close();
    },
  };
}
