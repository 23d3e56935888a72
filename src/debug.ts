import type { Destination } from './adapters/adapter.js';
import { repairsOf } from './adapters/repairs.js';

/**
 * For `createTracker({ debug: tellRepairs })`, which logs what `debug: true` does, and also what a vendor gets otherwise
 * than it was tracked, because it has rules: a name, a time in the future, a text cut, a property left out. Once for each
 * field of events of one name. An import of its own, so that nobody pays for it who does not debug.
 */
export function tellRepairs(destination: Destination): Destination {
  const told = new Set<string>();
  const { adapter, name } = destination;
  return {
    ...destination,
    adapter: {
      ...adapter,
      toRequest(events, context) {
        const request = adapter.toRequest(events, context);
        for (const event of events) {
          for (const repair of repairsOf(adapter, event, context)) {
            const what = JSON.stringify([event.name, repair.field]);
            if (!told.has(what)) {
              console.debug('tracklet: repaired', { destination: name, id: event.id, name: event.name, ...repair });
            }
            told.add(what);
          }
        }
        return request;
      },
    },
  };
}
