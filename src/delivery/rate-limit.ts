import type { RateLimit } from '../adapters/adapter.js';

/** Milliseconds until one more request keeps within every limit; `sentAt` are the times of earlier ones, oldest first. */
export const rateWaitMs = (sentAt: readonly number[], limits: readonly RateLimit[], now: number): number =>
  Math.max(
    0,
    ...limits.map(
      ({ requests, perMs }) => (sentAt[sentAt.length - requests] ?? Number.NEGATIVE_INFINITY) + perMs - now,
    ),
  );
