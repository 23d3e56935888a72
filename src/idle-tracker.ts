import type { EventsOf, Tracker } from './api.js';

/** The tracker for servers: same shape, does nothing. Lets the same component run in server rendering and in the page. */
export const createIdleTracker = <Events extends EventsOf<Events>>(): Tracker<Events> => ({
  ready: Promise.resolve(),
  track() {},
  page() {},
  identify() {},
  group() {},
  reset() {},
  consent() {},
  flush: async () => ({}),
  stats: async () => ({ durable: false, dropped: {}, trimmed: {}, destinations: {} }),
  dropped: async () => [],
  retryDropped: async () => 0,
  on: () => () => {},
  async close() {},
});
