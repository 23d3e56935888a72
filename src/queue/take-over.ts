import { type Departures, isFree, isLost } from './departures.js';
import type { Queue, QueuedEvent } from './queue.js';

/**
 * Brings in what pages now gone left in the journal; resolves to true if there is more to come. For one page at a time:
 * the lock of one lane says nothing about the journal.
 */
export const createTakeOver =
  (queue: Queue, departures: Departures, page: () => string, now: () => number) => (): Promise<boolean> => {
    const gone = departures.all();
    const mayTake = (its: QueuedEvent) => its.owner !== page() && isFree(its, page(), gone, now());
    return queue.takeOver(mayTake, (its) => isLost(its, gone, now()));
  };
