import type { Adapter, Destination, DestinationOptions } from './adapter.js';

/** Puts an adapter and the options of its destination together. */
export const createDestination = (adapter: Adapter, options: DestinationOptions): Destination => ({
  name: adapter.name,
  ...options,
  adapter,
});
