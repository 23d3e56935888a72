import { newId } from '../lib/new-id.js';
import { begin, openDatabase, openExisting, readRange } from './database.js';
import type { Departure, Departures } from './departures.js';
import type { Journal } from './journal.js';
import type { QueuedEvent } from './queue.js';

/** Pages that go away this close together, in ms, may each miss what the other has just written to localStorage. */
const TOGETHER_MS = 5_000;
/** A note that says nothing new is written again after this time, in ms, for the sake of its date. */
const SAME_MS = 1_000;

/**
 * A database of its own: a page that goes away loses a transaction that waits behind another one, such as the one for an
 * event that the site tracks at that moment. No tracker can have its name.
 */
export const handoverOf = (name: string): string => `${name}~handover`;
const LAST = '\uffff';

/**
 * What pages leave for a service worker, which cannot read localStorage: who claims what, and which events the journal
 * holds too. A worker that delivered one of the latter could not take it out of the journal, and the next page would
 * bring it back.
 */
export interface Handover {
  /** Epoch ms. */
  readonly at: number;
  readonly departures: ReadonlyMap<string, Departure>;
  /** Keys of rows. */
  readonly journaled: ReadonlySet<string>;
}

/** No page has left anything. */
export const NO_HANDOVER: Handover = { at: 0, departures: new Map(), journaled: new Set() };

/** The same as one page saw and stored it. */
interface Note {
  readonly at: number;
  readonly departures: readonly (readonly [page: string, departure: Departure])[];
  readonly journaled: readonly string[];
}

/** A page's side. A note that cannot be written costs no more than that the worker leaves the events to a page. */
export interface HandoverWriter {
  /** Opens the database if there is one, which takes longer than a page that goes away has. */
  open(): void;
  /**
   * There is something to hand over, so the visitor has agreed. Until this is said, and after the database was deleted,
   * nothing is written, nor a database made.
   */
  want(): void;
  /** Writes the page's note before it returns, so that it can be called while the page goes away. */
  write(): void;
  /** Writes it for the last time. */
  close(): void;
}

export function createHandoverWriter(
  name: string,
  departures: Departures,
  journal: Journal,
  now: () => number,
): HandoverWriter {
  const id = newId();
  let key = '';
  let said = '';
  let saidAt = 0;
  let database: IDBDatabase | undefined;
  let isWanted = false;
  let isOver = false;

  /** Deleted because the visitor has refused, or the connection is dead. What is wanted next opens another. */
  const forget = () => {
    database?.close();
    database = undefined;
    isWanted = false;
    said = '';
  };

  const connect = async (openWith: typeof openDatabase) => {
    const opened = await openWith(handoverOf(name), forget);
    if (database || isOver) return opened.close();
    database = opened;
    write();
  };

  const replace = (at: number, note?: Note) => {
    if (!database) return;
    try {
      const store = begin(database, 'readwrite');
      store.delete(key);
      store.delete(IDBKeyRange.upperBound(`${at - TOGETHER_MS}`));
      // Written before the clock was set back.
      store.delete(IDBKeyRange.lowerBound(`${at + 1}`));
      if (note) {
        key = `${at} ${id}`;
        store.put(note, key);
        // On a full disk: no note is better than one that is out of date.
        store.transaction.onabort = () => replace(at);
      }
      store.transaction.commit();
    } catch {
      forget();
    }
  };

  const write = () => {
    if (!database || !isWanted) return;
    const at = now();
    const facts = { departures: [...departures.all()], journaled: journal.read().flatMap(({ keys }) => keys) };
    const saying = JSON.stringify(facts);
    if (saying === said && Math.abs(at - saidAt) < SAME_MS) return;
    said = saying;
    saidAt = at;
    replace(at, { at, ...facts });
  };

  return {
    open: () => void connect(openExisting).catch(() => undefined),
    want() {
      if (isWanted || isOver) return;
      isWanted = true;
      if (!database) connect(openDatabase).catch(forget);
    },
    write,
    close() {
      write();
      isOver = true;
      database?.close();
      database = undefined;
    },
  };
}

/** The worker's side. */
export interface HandoverReader {
  /** What all notes say together; where two speak of the same page, the younger. */
  read(): Promise<Handover>;
  close(): void;
}

/** `onLost` is called when the notes are deleted. Rejects where there are none. */
export async function openHandover(name: string, onLost: () => void): Promise<HandoverReader> {
  const database = await openExisting(handoverOf(name), onLost);
  return {
    async read() {
      const notes = (await readRange(database, '', LAST, undefined)).map(([, value]) => value as Note);
      return {
        at: Math.max(0, ...notes.map(({ at }) => at)),
        departures: new Map(notes.flatMap(({ departures }) => departures)),
        journaled: new Set(notes.flatMap(({ journaled }) => journaled)),
      };
    },
    close: () => database.close(),
  };
}

/** What pages now gone claim, for a worker, which claims nothing itself. */
export const departuresIn = (handover: () => Handover): Departures => ({
  all: () => handover().departures,
  write: () => false,
  forget() {},
  disclaim: () => ({}),
  setFailing() {},
  isFailing: () => false,
});

/**
 * May a worker care for this row? Not if it was tracked after the last note, for nobody can say whether the journal
 * holds it. Pure.
 */
export const isHandedOver = (key: string, { position }: QueuedEvent, { at, journaled }: Handover): boolean =>
  position < at * 1_000 && !journaled.has(key);
