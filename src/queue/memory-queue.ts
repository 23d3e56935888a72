import { addTally, emptyTally, type Queue, type QueuedEvent, type Tally, tallyChanges } from './queue.js';

/** What a memory queue holds, for moving it to disk. */
export interface Contents {
  readonly records: readonly QueuedEvent[];
  readonly tallies: ReadonlyMap<string, Tally>;
}

/** The queue's twin without a disk: before the database is open, where there is none, and in tests. */
export interface MemoryQueue extends Queue {
  /** Empties the queue and returns what was in it. */
  drain(): Contents;
  /** Does it hold this record? */
  has(record: QueuedEvent): boolean;
  readonly size: number;
}

/** The order of a lane, as the database's keys have it. */
export const byAge = (a: QueuedEvent, b: QueuedEvent) => a.position - b.position || (a.event.id < b.event.id ? -1 : 1);

const idOf = (record: QueuedEvent) => `${record.lane} ${record.event.id}`;

export function createMemoryQueue(): MemoryQueue {
  const records = new Map<string, QueuedEvent>();
  const tallies = new Map<string, Tally>();
  const memories = new Map<string, object>();

  const apply = (changes: ReadonlyMap<string, Tally>) => {
    for (const [lane, change] of changes) tallies.set(lane, addTally(tallies.get(lane) ?? emptyTally(), change));
  };

  return {
    get size() {
      return records.size;
    },
    has: (record) => records.has(idOf(record)),
    async add(added) {
      for (const record of added) records.set(idOf(record), record);
      apply(tallyChanges({ lane: '', removed: [], added }));
    },
    async peek(lane, limit, after) {
      return [...records.values()]
        .filter((record) => record.lane === lane && (!after || byAge(after, record) < 0))
        .sort(byAge)
        .slice(0, limit);
    },
    present: async (asked) => asked.filter((record) => records.has(idOf(record))),
    async settle(settlement) {
      for (const record of settlement.removed) records.delete(idOf(record));
      for (const record of settlement.added ?? []) records.set(idOf(record), record);
      apply(tallyChanges(settlement));
    },
    tally: async (lane) => addTally(emptyTally(), tallies.get(lane) ?? {}),
    recall: async (lane) => memories.get(lane),
    async remember(lane, memory) {
      memories.set(lane, memory);
    },
    async wipe(lane) {
      for (const record of [...records.values()]) if (record.lane === lane) records.delete(idOf(record));
      tallies.delete(lane);
      memories.delete(lane);
    },
    close() {},
    drain() {
      const contents = { records: [...records.values()], tallies: new Map(tallies) };
      records.clear();
      tallies.clear();
      return contents;
    },
  };
}
