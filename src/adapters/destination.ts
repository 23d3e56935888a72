import type { Adapter, Destination, DestinationOptions } from './adapter.js';

/** Puts an adapter and the options of its destination together. `secrets` are those of its options that were given. */
export const createDestination = (
  adapter: Adapter,
  options: DestinationOptions,
  secrets: readonly string[] = [],
): Destination => ({ name: adapter.name, ...options, adapter, secrets });
