import type { SafeStorage } from '../lib/safe-storage.js';
import type { QueuedEvent } from './queue.js';

/** How long, in ms, a record is left to the page that tracked it. Longer than any page waits before it sends. */
export const OWNED_MS = 10_000;
/** What a page wrote before it went away reaches the disk within this time, in ms, or never. */
export const LANDING_MS = 2_000;
/** A keepalive request outlives its page by 30 s at most: what is older than this, in ms, is not on its way any more. */
const FLIGHT_MS = 30_000;

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
  /**
   * Writes down how a page was hidden or left; false when that could not be made to last. What a page claimed as it left
   * it goes on claiming: what is heard after that may be the sound of its own end.
   */
  write(page: string, departure: Departure): boolean;
  forget(page: string): void;
  /** These are claimed no longer by that page; without ids, nothing of the lane is. Returns what it goes on claiming. */
  disclaim(page: string, lane: string, ids?: readonly string[]): Departure['claims'];
  all(): ReadonlyMap<string, Departure>;
  /** Tells all pages whether a lane's vendor failed when it was last asked: a page that goes away cannot look it up. */
  setFailing(lane: string, isFailing: boolean): void;
  isFailing(lane: string): boolean;
}

export function createDepartures(storage: SafeStorage, prefix: string): Departures {
  const start = `${prefix}gone:`;
  const failing = `${prefix}failing:`;
  const read = (page: string) => storage.get<Departure>(start + page);
  return {
    write(page, departure) {
      const before = read(page);
      const claims: { [lane: string]: readonly string[] } = before?.left ? { ...before.claims } : {};
      for (const [lane, ids] of Object.entries(departure.claims)) {
        claims[lane] = [...new Set([...(claims[lane] ?? []), ...ids])];
      }
      return storage.set(start + page, { ...departure, claims });
    },
    forget: (page) => void storage.set(start + page, undefined),
    disclaim(page, lane, ids) {
      const departure = read(page);
      const { [lane]: before = [], ...others } = departure?.claims ?? {};
      const after = before.filter((id) => ids && !ids.includes(id));
      const claims = after.length > 0 ? { ...others, [lane]: after } : others;
      if (before.length > 0) storage.set(start + page, { ...departure, claims });
      return claims;
    },
    setFailing: (lane, isFailing) => void storage.set(failing + lane, isFailing || undefined),
    isFailing: (lane) => storage.get(failing + lane) === true,
    all() {
      const departures = new Map<string, Departure>();
      for (const key of storage.keys(start)) {
        const page = key.slice(start.length);
        const departure = read(page);
        if (departure?.claims) departures.set(page, departure);
      }
      return departures;
    },
  };
}

/** How a lane treats events that were on their way when their page went away, so that nobody read the answer. */
export type Unconfirmed = 'assume-delivered' | 'resend';

/**
 * What to do with a record.
 * - `send`: it is ours to send. `resend`: likewise, but the vendor may have it.
 * - `wait`: another page is responsible, or its request may still be on its way.
 * - `presume`: its page handed it over, and the vendor is well; it counts as delivered.
 */
export type Duty = 'send' | 'resend' | 'wait' | 'presume';

export interface DutyRules {
  readonly lane: string;
  readonly page: string;
  readonly departures: ReadonlyMap<string, Departure>;
  readonly unconfirmed: Unconfirmed;
  readonly now: number;
  /** When the vendor last took something from this page; epoch ms, 0 for never. */
  readonly takenAt: number;
  /** When the vendor last failed, or did not answer; epoch ms, Infinity if it has done nothing else since, 0 for never. */
  readonly failedAt: number;
  /** Is there nothing else to send, so that the vendor will not show how it is? */
  readonly isIdle: boolean;
}

/** What a page shall do with a record. Pure. */
export function dutyOf(record: QueuedEvent, rules: DutyRules): Duty {
  const { lane, page, departures, now } = rules;
  for (const [claimant, { at, left, claims }] of departures) {
    if (claimant === page || !claims[lane]?.includes(record.event.id)) continue;
    const age = Math.abs(now - at);
    // A hidden page that never said goodbye was killed, but it may also just be hidden: its requests get their time.
    if (!left && age < FLIGHT_MS) return 'wait';
    if (rules.unconfirmed === 'resend') return age < OWNED_MS ? 'wait' : 'resend';
    // The vendor's next answer tells how it was: one that hung or failed will hardly have taken this.
    if (rules.failedAt >= at) return 'resend';
    return rules.takenAt > at || (rules.isIdle && age > OWNED_MS) ? 'presume' : 'wait';
  }
  return isFree(record, page, departures, now) ? 'send' : 'wait';
}

/** May `page` take this record, because it is its own, or nobody's any more? Pure. */
export const isFree = (
  { owner, position }: QueuedEvent,
  page: string,
  departures: ReadonlyMap<string, Departure>,
  now: number,
): boolean =>
  owner === page ||
  departures.get(owner)?.left === true ||
  // The distance, not the difference: after a clock was set back, the record seems to come from the future.
  Math.abs(now - position / 1_000) > OWNED_MS;

/** Is what this record's page has not got to disk lost, rather than on its way? Pure. */
export const isLost = ({ owner }: QueuedEvent, departures: ReadonlyMap<string, Departure>, now: number): boolean => {
  const departure = departures.get(owner);
  return !departure?.left || Math.abs(now - departure.at) > LANDING_MS;
};

/** Can nothing be on its way any more, nor still land, of what this page had when it went? Pure. */
export const isOver = ({ at }: Departure, now: number): boolean => Math.abs(now - at) > FLIGHT_MS;
