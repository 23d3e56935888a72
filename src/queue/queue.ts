import type { TrackletEvent } from '../event/event.js';
import type { DropReason } from '../event/loss.js';
import { byteLength } from '../lib/byte-length.js';
import { atExit, type Journal } from './journal.js';
import type { Row } from './overlay.js';
import { LAST, type Store } from './store.js';
import { createTotals, type Tally, totalsOf } from './totals.js';

/** How an event was lost. */
export interface Loss {
  readonly reason: DropReason;
  /** In the vendor's words where there are any. */
  readonly detail?: string | undefined;
  /** When; epoch ms. */
  readonly at: number;
}

/** An event as it is stored. */
export interface QueuedEvent {
  /** Layout of this record, so that a newer library can read what an older one stored. */
  readonly v: 1;
  /**
   * Orders a lane: the time of capture in µs, made strictly increasing within a page, so that a clock that is set back
   * cannot reorder what one page tracked.
   */
  readonly position: number;
  /** The page that tracked it; see `departures.ts`. */
  readonly owner: string;
  /** UTF-8 size of the event's JSON. */
  readonly bytes: number;
  readonly event: TrackletEvent;
  /** Set on events that are kept for inspection only. */
  readonly lost?: Loss;
}

/**
 * Events by lane; a lane is a destination's, with parts of its own for what is held, lost or unreadable. Reads are bounded and
 * their cost does not grow with the backlog; nothing is removed but by key. Writes are done when the call returns, and
 * later reads see them.
 */
export interface Queue {
  /** Takes one event into several lanes. */
  add(lanes: readonly string[], record: QueuedEvent): void;
  /** Takes events out of a lane. */
  remove(lane: string, records: readonly QueuedEvent[]): void;
  /** The oldest `limit` events of a lane, those after `after` if given. */
  peek(lane: string, limit: number, after?: QueuedEvent): Promise<QueuedEvent[]>;
  /** Is this event still in the lane? */
  has(lane: string, record: QueuedEvent): Promise<boolean>;
  /** Adds to the totals of a lane. */
  count(lane: string, change: Tally): void;
  /** Totals of a lane. With `join`, which only the holder of the lane's lock may ask for, tidies how they are stored. */
  tally(lane: string, join?: boolean): Promise<Tally>;
  /** Mends the totals of a lane that was seen empty. For the holder of the lane's lock. */
  balance(lane: string): Promise<void>;
  /** Puts back what an older library could not read and this one can. */
  reclaim(lane: string): Promise<void>;
  /** What the lane asked to remember; undefined at first. */
  recall<T>(lane: string): Promise<T | undefined>;
  remember(lane: string, memory: unknown): void;
  /**
   * Takes what pages now gone left in the journal; what is not on disk only if it `isLost`, for what is still on its way
   * would come back after it was delivered. Resolves to whether some of it may. Only one page at a time may do this, or
   * totals would be wrong.
   */
  takeOver(mayTake: (record: QueuedEvent) => boolean, isLost?: (record: QueuedEvent) => boolean): Promise<boolean>;
  /** Ids of events that some page has in the journal. Only that page may deliver them. */
  journaled(): ReadonlySet<string>;
}

// Names of lanes hold no blank, so a lane's rows stand together, its events in their order: positions have 16 digits.
const eventKey = (lane: string, { position, event }: QueuedEvent) => `${lane} e ${position} ${event.id}`;
const laneOf = (key: string) => key.slice(0, key.indexOf(' '));
const memoryKey = (lane: string) => `${lane} m`;
/** Where rows are kept that this library cannot read; a newer one may. */
const asideOf = (lane: string) => `${lane}~aside `;

/** The record with this event. */
export const withEvent = (record: Omit<QueuedEvent, 'bytes' | 'event'>, event: TrackletEvent): QueuedEvent => ({
  ...record,
  bytes: byteLength(JSON.stringify(event)),
  event,
});

export const isQueuedEvent = (value: unknown): value is QueuedEvent =>
  (value as QueuedEvent | undefined)?.v === 1 && typeof (value as QueuedEvent).event?.id === 'string';

export function createQueue(store: Store, journal: Journal): Queue {
  const { count, tally, balance, currentTask } = createTotals(store, () =>
    journal.read().map(({ countedAs }) => countedAs),
  );

  /** Puts an event under `keys`, and counts it for the lanes of `uncounted`. */
  const put = (keys: readonly string[], uncounted: readonly string[], record: QueuedEvent, countedAs?: string) => {
    for (const key of uncounted) count(laneOf(key), { waiting: 1, bytes: record.bytes });
    if (keys.length === 0) return;
    // What is lost already is not worth a place in the journal.
    if (record.lost) store.write([atExit(keys, record)]);
    // An event has several records where destinations differ in what is redacted.
    else
      store.write([{ id: keys[0], keys, value: record, countedAs: uncounted.length > 0 ? currentTask() : countedAs }]);
  };

  /** Moves rows out of the lane (-1) or back in (1). */
  const move = (lane: string, rows: readonly Row[], sign: 1 | -1, to: (key: string) => string) => {
    const bytes = rows.reduce((sum, [, value]) => sum + (Number((value as QueuedEvent | null)?.bytes) || 0), 0);
    count(lane, { waiting: sign * rows.length, bytes: sign * bytes, unreadable: -sign * rows.length });
    store.write(rows.flatMap(([key, value]) => [atExit([to(key)], value), atExit([key], undefined)]));
  };

  /** Which of these events are stored, and all that was counted in their lanes; as keys. */
  const present = async (keys: readonly string[]) => {
    const found = new Set<string>();
    for (const lane of new Set(keys.map(laneOf))) {
      const its = keys.filter((key) => laneOf(key) === lane).sort();
      const events = await store.read(its[0] ?? '', its[its.length - 1] ?? '');
      for (const [key] of [...events, ...(await store.read(totalsOf(lane), totalsOf(lane) + LAST))]) found.add(key);
    }
    return found;
  };

  /** What is stored under this key. */
  const valueAt = async (key: string) => (await store.read(key, key))[0]?.[1];

  const peek: Queue['peek'] = async (lane, limit, after) => {
    const lower = after ? `${eventKey(lane, after)} ` : `${lane} e `;
    const rows = await store.read(lower, `${lane} e ${LAST}`, limit);
    const unreadable = rows.filter(([, value]) => !isQueuedEvent(value));
    if (unreadable.length > 0) {
      move(lane, unreadable, -1, (key) => asideOf(lane) + key);
      // A reader takes an empty chunk for the end.
      if (unreadable.length === rows.length) return peek(lane, limit, after);
    }
    return rows.map(([, value]) => value).filter(isQueuedEvent);
  };

  return {
    count,

    add(lanes, record) {
      const keys = lanes.map((lane) => eventKey(lane, record));
      put(keys, keys, record);
    },

    remove(lane, records) {
      for (const { bytes } of records) count(lane, { waiting: -1, bytes: -bytes });
      const keys = records.map((record) => eventKey(lane, record));
      store.write([atExit(keys, undefined)]);
    },

    peek,

    async reclaim(lane) {
      const aside = asideOf(lane);
      const readable = (await store.read(aside, aside + LAST)).filter(([, value]) => isQueuedEvent(value));
      if (readable.length > 0) move(lane, readable, 1, (key) => key.slice(aside.length));
    },

    has: async (lane, record) => (await valueAt(eventKey(lane, record))) !== undefined,

    journaled: journal.eventIds,

    async takeOver(mayTake, isLost = () => true) {
      // Others may be able to keep them; what this page has in memory dies with it.
      if (!store.hasDisk()) return false;
      const entries = journal.read();
      for (const entry of entries) {
        if (!entry.atExit) continue;
        journal.erase(entry.id ?? '');
        store.write([entry]);
      }
      const events = entries.filter(({ id, value }) => id && isQueuedEvent(value) && mayTake(value));
      const stored = await present(events.flatMap(({ keys }) => keys));
      let isMoreToCome = false;
      for (const { id = '', keys, value, countedAs } of events) {
        const isMissing = (key: string) => !stored.has(key);
        if (keys.some(isMissing) && !isLost(value as QueuedEvent)) {
          isMoreToCome = true;
          continue;
        }
        // Out of the journal before it can be delivered, or another run would find it there and bring it back.
        journal.erase(id);
        // An older library did not say how it counted; there, what was stored was counted.
        const isUncounted = (key: string) => isMissing(countedAs ? totalsOf(laneOf(key)) + countedAs : key);
        put(keys.filter(isMissing), keys.filter(isUncounted), value as QueuedEvent, countedAs);
      }
      return isMoreToCome;
    },

    tally,

    balance,

    recall: async <T>(lane: string) => (await valueAt(memoryKey(lane))) as T | undefined,

    remember: (lane, memory) => store.write([atExit([memoryKey(lane)], memory, memoryKey(lane))]),
  };
}
