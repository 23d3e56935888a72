import type { RateLimit } from '../adapters/adapter.js';

/** A request that left. */
export interface Sent {
  /** Epoch milliseconds. */
  readonly at: number;
  /** How many events it had. */
  readonly events: number;
}

/** Milliseconds until one more request of any kind keeps within every limit; `sent` are earlier ones, oldest first. */
export const rateWaitMs = (sent: readonly Sent[], limits: readonly RateLimit[], now: number): number =>
  Math.max(
    0,
    ...limits.map(({ requests, perMs, minEvents = 1 }) => {
      // What seems to leave later than now left before the clock was set back, nobody knows how long ago.
      const last = sent.filter(({ at, events }) => at <= now && events >= minEvents).slice(-requests);
      return last.length < requests ? 0 : (last[0]?.at ?? 0) + perMs - now;
    }),
  );
