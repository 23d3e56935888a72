export interface RateLimit {
  readonly perSecond: number;
  readonly perMinute: number;
}

export interface RateState {
  /** Whole seconds to wait; undefined when the request may pass. */
  readonly retryAfterSeconds: number | undefined;
  /** Requests left in this minute. */
  readonly remaining: number;
  /** Whole seconds until the minute is over. */
  readonly resetSeconds: number;
}

/** Fixed windows, as Klaviyo has them (K-RL): the count falls to zero when the clock passes the window's end. */
export function createRateWindows(limit: RateLimit): { take(now: number): RateState; clear(): void } {
  const windows = [
    { lengthMs: 1_000, max: limit.perSecond, index: -1, count: 0 },
    { lengthMs: 60_000, max: limit.perMinute, index: -1, count: 0 },
  ];

  return {
    take(now) {
      const waitsMs: number[] = [];
      for (const window of windows) {
        const index = Math.floor(now / window.lengthMs);
        if (index !== window.index) Object.assign(window, { index, count: 0 });
        if (window.count >= window.max) waitsMs.push((index + 1) * window.lengthMs - now);
      }
      // A refused request uses up nothing.
      if (waitsMs.length === 0) for (const window of windows) window.count += 1;
      const minuteUsed = windows[1]?.count ?? 0;
      return {
        retryAfterSeconds: waitsMs.length > 0 ? Math.ceil(Math.max(...waitsMs) / 1_000) : undefined,
        remaining: Math.max(0, limit.perMinute - minuteUsed),
        resetSeconds: Math.ceil((60_000 - (now % 60_000)) / 1_000),
      };
    },
    clear() {
      for (const window of windows) Object.assign(window, { index: -1, count: 0 });
    },
  };
}
