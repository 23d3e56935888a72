import type { TrackletEvent } from '../event/event.js';
import { addCounts, type Counts, type DropReason } from '../event/loss.js';

/** One event waiting for one destination. Records are never changed, only added and removed. */
export interface QueuedEvent {
  /** Layout of this record, so that a newer library can read what an older one stored. */
  readonly v: 1;
  /** Which part of the queue: a destination's name, or that name plus `/held`. */
  readonly lane: string;
  /**
   * Orders a lane. The time of capture, made strictly increasing within a page, so that a clock that is set back
   * cannot reorder what one page tracked.
   */
  readonly position: number;
  /** The page that tracked it; see `departures.ts`. */
  readonly owner: string;
  /** UTF-8 size of the event's JSON. */
  readonly bytes: number;
  readonly event: TrackletEvent;
}

/** Running totals of a lane. */
export interface Tally {
  /** Events and bytes in the lane now. */
  waiting: number;
  bytes: number;
  sent: number;
  unconfirmed: number;
  retries: number;
  dropped: Counts<DropReason>;
}

/** The change of a lane's totals. Stored as such, so that tabs never overwrite each other's counts. */
export type TallyChange = Partial<Tally>;

/** Records that leave, records that come, and what that means for the totals of one lane; all of it or nothing. */
export interface Settlement {
  readonly lane: string;
  readonly removed: readonly QueuedEvent[];
  /** Records under another lane name: an event that is released, or held. */
  readonly added?: readonly QueuedEvent[];
  /** `waiting` and `bytes` follow from the records. */
  readonly change?: TallyChange;
}

/**
 * The queue's contract, kept on disk and in memory alike. Reads are bounded and their cost does not grow with the
 * backlog; nothing is removed but by key, after the server's answer.
 */
export interface Queue {
  /** Takes the records before it returns; resolves once they are safe, rejects when they are not stored. */
  add(records: readonly QueuedEvent[]): Promise<void>;
  /** The oldest `limit` records of a lane, those after `after` if given. */
  peek(lane: string, limit: number, after?: QueuedEvent): Promise<QueuedEvent[]>;
  /** Those of the records that are still stored. */
  present(records: readonly QueuedEvent[]): Promise<QueuedEvent[]>;
  settle(settlement: Settlement): Promise<void>;
  /** Totals of a lane. With `join`, which only the holder of the lane's lock may ask for, tidies how they are stored. */
  tally(lane: string, join: boolean): Promise<Tally>;
  /** What the lane asked to remember; undefined at first. */
  recall(lane: string): Promise<object | undefined>;
  remember(lane: string, memory: object): Promise<void>;
  /** Removes everything of a lane, totals included. */
  wipe(lane: string): Promise<void>;
  close(): void;
}

export const emptyTally = (): Tally => ({ waiting: 0, bytes: 0, sent: 0, unconfirmed: 0, retries: 0, dropped: {} });

export function addTally(into: Tally, change: TallyChange): Tally {
  into.waiting += change.waiting ?? 0;
  into.bytes += change.bytes ?? 0;
  into.sent += change.sent ?? 0;
  into.unconfirmed += change.unconfirmed ?? 0;
  into.retries += change.retries ?? 0;
  addCounts(into.dropped, change.dropped ?? {});
  return into;
}

/** What a settlement, or the arrival of records, does to the totals of each lane it touches. */
export function tallyChanges({ lane, removed, added = [], change }: Settlement): Map<string, Tally> {
  const changes = new Map<string, Tally>();
  const of = (name: string) => {
    const tally = changes.get(name) ?? emptyTally();
    changes.set(name, tally);
    return tally;
  };
  if (change) addTally(of(lane), change);
  for (const record of removed) addTally(of(record.lane), { waiting: -1, bytes: -record.bytes });
  for (const record of added) addTally(of(record.lane), { waiting: 1, bytes: record.bytes });
  return changes;
}
