import type { RateLimit } from '../adapters/adapter.js';

/** Milliseconds until one more request keeps within every limit; `sentAt` are the times of earlier ones, oldest first. */
export function rateWaitMs(sentAt: readonly number[], limits: readonly RateLimit[], now: number): number {
  let wait = 0;
  for (const { requests, perMs } of limits) {
    const blocker = sentAt[sentAt.length - requests];
    if (blocker !== undefined) wait = Math.max(wait, blocker + perMs - now);
  }
  return wait;
}

/** The times that still matter to some limit. */
export function recentSends(sentAt: readonly number[], limits: readonly RateLimit[], now: number): number[] {
  const longest = Math.max(0, ...limits.map((limit) => limit.perMs));
  return sentAt.filter((time) => now - time < longest);
}
