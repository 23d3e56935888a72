import type { TrackletEvent } from '../event/event.js';
import { addCounts, type Counts, type DropReason } from '../event/loss.js';
import { newId } from '../lib/new-id.js';
import type { Journal } from './journal.js';
import type { Store } from './store.js';

/** Stored differences of a lane's totals that are worth joining into one. */
const JOIN_DIFFERENCES_AT = 24;

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
}

/** Running totals of a lane: events and bytes in it now, events the vendor took, failed requests, and losses by reason. */
export type Tally = Counts<'waiting' | 'bytes' | 'sent' | 'unconfirmed' | 'retries' | DropReason>;

/**
 * One part of the queue by name; a lane is a destination's, `heldLane` the events it keeps back. Reads are bounded and
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
  /** What the lane asked to remember; undefined at first. */
  recall<T>(lane: string): Promise<T | undefined>;
  remember(lane: string, memory: unknown): void;
  /** Takes what pages now gone left in the journal. Only one page at a time may do this, or totals would be wrong. */
  takeOver(mayTake: (record: QueuedEvent) => boolean): Promise<void>;
}

// Names of lanes hold no blank, so a lane's rows stand together, its events in their order: positions have 16 digits.
const eventKey = (lane: string, { position, event }: QueuedEvent) => `${lane} e ${position} ${event.id}`;
const laneOf = (key: string) => key.slice(0, key.indexOf(' '));
const memoryKey = (lane: string) => `${lane} m`;
const totalsOf = (lane: string) => `${lane} t `;
const LAST = '\uffff';

const isQueuedEvent = (value: unknown): value is QueuedEvent =>
  (value as QueuedEvent | undefined)?.v === 1 && typeof (value as QueuedEvent).event?.id === 'string';

export function createQueue(store: Store, journal: Journal): Queue {
  /** Totals of this task, by lane: one difference for a burst of events, and never a read before a write. */
  const changes = new Map<string, Tally>();

  const writeChanges = () => {
    if (changes.size === 0) return;
    const entries = [...changes].map(([lane, value]) => ({ keys: [totalsOf(lane) + newId()], value }));
    changes.clear();
    store.write(entries);
  };

  const count = (lane: string, change: Tally) => {
    // Queued before the store's own commit of this task, so that events and totals share its transaction.
    if (changes.size === 0) queueMicrotask(writeChanges);
    changes.set(lane, addCounts(changes.get(lane) ?? {}, change));
  };

  const addKeys = (keys: readonly string[], record: QueuedEvent) => {
    for (const key of keys) count(laneOf(key), { waiting: 1, bytes: record.bytes });
    store.write([{ id: record.event.id, keys, value: record }]);
  };

  const hasKey = async (key: string) => (await store.read(key, key)).length > 0;

  return {
    count,

    add: (lanes, record) =>
      addKeys(
        lanes.map((lane) => eventKey(lane, record)),
        record,
      ),

    remove(lane, records) {
      for (const { bytes } of records) count(lane, { waiting: -1, bytes: -bytes });
      store.write([{ keys: records.map((record) => eventKey(lane, record)), value: undefined }]);
    },

    async peek(lane, limit, after) {
      const lower = after ? `${eventKey(lane, after)} ` : `${lane} e `;
      const rows = await store.read(lower, `${lane} e ${LAST}`, limit);
      const unreadable = rows.filter(([, value]) => !isQueuedEvent(value)).map(([key]) => key);
      if (unreadable.length > 0) {
        store.write([{ keys: unreadable, value: undefined }]);
        count(lane, { waiting: -unreadable.length, unreadable: unreadable.length });
      }
      return rows.map(([, value]) => value).filter(isQueuedEvent);
    },

    has: (lane, record) => hasKey(eventKey(lane, record)),

    async takeOver(mayTake) {
      const entries = journal.read().filter(({ id, value }) => id && isQueuedEvent(value) && mayTake(value));
      const keys = entries.flatMap((entry) => entry.keys).sort();
      const [lowest, highest] = [keys[0], keys[keys.length - 1]];
      if (!lowest || !highest) return;
      const stored = new Set((await store.read(lowest, highest)).map(([key]) => key));
      for (const { id = '', keys: its, value } of entries) {
        // Out of the journal before it can be delivered, or another run would find it there and bring it back.
        journal.erase(id);
        const missing = its.filter((key) => !stored.has(key));
        if (missing.length > 0) addKeys(missing, value as QueuedEvent);
      }
    },

    async tally(lane, join) {
      writeChanges();
      const rows = await store.read(totalsOf(lane), totalsOf(lane) + LAST);
      const total: Tally = {};
      for (const [, change] of rows) addCounts(total, change as Tally);
      if (join && rows.length > JOIN_DIFFERENCES_AT) {
        store.write([{ keys: rows.map(([key]) => key), value: undefined }]);
        store.write([{ keys: [totalsOf(lane) + newId()], value: total }]);
      }
      return total;
    },

    async recall<T>(lane: string) {
      const key = memoryKey(lane);
      const [row] = await store.read(key, key);
      return row?.[1] as T | undefined;
    },

    remember: (lane, memory) => store.write([{ keys: [memoryKey(lane)], value: memory }]),
  };
}
