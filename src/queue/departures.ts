import { readJson, type SafeStorage } from '../lib/safe-storage.js';
import type { QueuedEvent } from './queue.js';

/** How long, in ms, a record is left to the page that tracked it. Longer than any page waits before it sends. */
export const OWNED_MS = 10_000;

/** What a page wrote down, synchronously, when it was hidden or left. */
export interface Departure {
  /** Epoch ms. */
  readonly at: number;
  /** True once the page is gone; a hidden page may still come back. */
  readonly left: boolean;
  /** Per lane, ids of events in requests whose answer nobody may read. */
  readonly claims: { readonly [lane: string]: readonly string[] };
}

/**
 * Which page is responsible for which records. A page may send what it tracked itself at the very moment it goes away,
 * without asking anyone, because other pages leave its records alone until it has left, or they are `OWNED_MS` old.
 */
export interface Departures {
  /** Writes down this page's state; false when that could not be made to last. */
  write(page: string, departure: Departure): boolean;
  /** Forgets a page, or only its claims on one lane. */
  forget(page: string, lane?: string): void;
  all(): ReadonlyMap<string, Departure>;
}

export function createDepartures(storage: SafeStorage, prefix: string): Departures {
  const start = `${prefix}gone:`;
  return {
    write: (page, departure) => storage.set(start + page, JSON.stringify(departure)),
    forget(page, lane) {
      const departure = lane === undefined ? null : readJson<Departure>(storage, start + page);
      if (departure && lane !== undefined) {
        const { [lane]: _, ...claims } = departure.claims;
        storage.set(start + page, JSON.stringify({ ...departure, claims }));
      } else {
        storage.remove(start + page);
      }
    },
    all() {
      const departures = new Map<string, Departure>();
      for (const key of storage.keys(start)) {
        const departure = readJson<Departure>(storage, key);
        if (departure?.claims) departures.set(key.slice(start.length), departure);
      }
      return departures;
    },
  };
}

/** May `page` send this record now? */
export function isFree(
  record: QueuedEvent,
  page: string,
  departures: ReadonlyMap<string, Departure>,
  now: number,
): boolean {
  if (record.owner === page || departures.get(record.owner)?.left) return true;
  // The distance, not the difference: after a clock was set back, the record seems to come from the future.
  return Math.abs(now - record.position) > OWNED_MS;
}
