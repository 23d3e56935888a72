import type { SafeStorage } from '../lib/safe-storage.js';
import { createDepartures } from '../queue/departures.js';
import { createJournal } from '../queue/journal.js';
import type { Store } from '../queue/store.js';

/** The destination to which a row of the database belongs, in any of its parts: `shop~held e …` is of `shop`. */
export const laneOf = (key: string): string => key.replace(/[ ~].*/s, '');

/**
 * Removes all that is kept for a destination: its rows, its share of the journal, its claims. Resolves to whether there
 * was anything.
 */
export async function eraseLane(lane: string, store: Store, storage: SafeStorage, prefix: string): Promise<boolean> {
  let isFound = false;
  const departures = createDepartures(storage, prefix);
  departures.setFailing(lane, false);
  for (const [page, { claims }] of departures.all()) {
    if (!claims[lane]) continue;
    isFound = true;
    departures.disclaim(page, lane);
  }
  const journal = createJournal(storage, prefix);
  for (const entry of journal.read()) {
    const keys = entry.keys.filter((key) => laneOf(key) !== lane);
    if (keys.length === entry.keys.length) continue;
    isFound = true;
    journal.erase(entry.id ?? '');
    if (keys.length > 0) journal.write({ ...entry, keys });
  }
  for (const part of [`${lane} `, `${lane}~`]) {
    const rows = await store.read(part, `${part}\uffff`);
    isFound ||= rows.length > 0;
    store.write([{ keys: rows.map(([key]) => key), value: undefined }]);
  }
  return isFound;
}
