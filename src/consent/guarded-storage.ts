import type { SafeStorage } from '../lib/safe-storage.js';
import type { Departure } from '../queue/departures.js';
import type { Entry } from '../queue/journal.js';
import { laneOf } from './erase-lane.js';
import { keptOf } from './guarded-store.js';

/**
 * Storage that takes nothing while nothing may be stored; and of what pages note nothing for destinations that may not
 * have it, of which requests may still be on their way. Removing is always allowed.
 */
export function guardStorage(
  storage: SafeStorage,
  prefix: string,
  mayKeep: (lane: string) => boolean,
  isAgreed: () => boolean,
): SafeStorage {
  const allowed = (key: string, value: unknown): unknown => {
    if (key.startsWith(`${prefix}journal:`)) return keptOf(value as Entry, (row) => mayKeep(laneOf(row)));
    if (!key.startsWith(`${prefix}gone:`)) return value;
    const { claims, ...departure } = value as Departure;
    return { ...departure, claims: Object.fromEntries(Object.entries(claims).filter(([lane]) => mayKeep(lane))) };
  };
  return {
    ...storage,
    set: (key, value) =>
      value === undefined ? storage.set(key, value) : isAgreed() && storage.set(key, allowed(key, value)),
  };
}
