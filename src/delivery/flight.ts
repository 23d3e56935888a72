import type { LaneContext } from './lane-context.js';
import type { LaneMemory } from './lane-memory.js';
import { type Batch, idsOf } from './parcel.js';

/** A vendor that has not answered after this many ms is not well; what it was sent is not presumed taken. */
const SURELY_TAKEN_MS = 3_000;

/** Events on their way. */
export interface Flight {
  /** Has what this page claims been written down? */
  readonly isNoted: boolean;
  /** They are on their way no longer. */
  land(): void;
}

/** Notes events as on their way. */
export function takeOff(batch: Batch, { inFlight }: LaneMemory, { now, online, onFlight }: LaneContext): Flight {
  const ids = idsOf(batch);
  const note = (sentAt: number) => {
    for (const id of ids) inFlight.set(id, sentAt);
    return onFlight();
  };
  // What is sent without a network is not presumed to arrive.
  const isNoted = note(online() ? now() : 0);
  // A page that is killed later says nothing more.
  const doubt = setTimeout(note, SURELY_TAKEN_MS, 0);
  return {
    isNoted,
    land() {
      clearTimeout(doubt);
      for (const id of ids) inFlight.delete(id);
      onFlight();
    },
  };
}

/** Ids of events on their way that the vendor may be presumed to take. */
export const presumable = ({ inFlight }: LaneMemory, now: number): string[] =>
  [...inFlight].filter(([, sentAt]) => now - sentAt < SURELY_TAKEN_MS).map(([id]) => id);
