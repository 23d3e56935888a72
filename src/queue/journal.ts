import type { SafeStorage } from '../lib/safe-storage.js';
import { readJson } from '../lib/safe-storage.js';
import type { QueuedEvent } from './queue.js';

/** Most entries: a burst in front of an open database, not a second queue. At ~1 kB each far below any quota. */
const MAX_ENTRIES = 1_000;

/**
 * A synchronous copy of what is not on disk yet, one localStorage key per event. It covers the moments in which
 * IndexedDB cannot help (the database is opening, a transaction is pending while the page goes away) and is no queue:
 * Chromium loses the last five seconds of localStorage when the whole browser is killed.
 */
export interface Journal {
  write(records: readonly QueuedEvent[]): void;
  erase(records: readonly QueuedEvent[]): void;
  /** What is written, of this page and of others, oldest first. */
  read(): QueuedEvent[];
}

interface Entry extends Omit<QueuedEvent, 'lane'> {
  readonly lanes: readonly string[];
}

export function createJournal(storage: SafeStorage, prefix: string): Journal {
  const written = new Map<string, Entry>();
  const keyOf = (id: string) => `${prefix}e:${id}`;

  const save = (id: string, entry: Entry) => {
    written.set(id, entry);
    storage.set(keyOf(id), JSON.stringify(entry));
  };

  return {
    write(records) {
      const byEvent = new Map<string, Entry>();
      for (const { lane, ...rest } of records) {
        const { id } = rest.event;
        const entry = byEvent.get(id) ?? written.get(id) ?? { ...rest, lanes: [] };
        byEvent.set(id, { ...entry, lanes: [...new Set([...entry.lanes, lane])] });
      }
      for (const [id, entry] of byEvent) if (written.size < MAX_ENTRIES || written.has(id)) save(id, entry);
    },

    erase(records) {
      if (written.size === 0) return;
      for (const record of records) {
        const { id } = record.event;
        const entry = written.get(id);
        if (!entry) continue;
        const lanes = entry.lanes.filter((lane) => lane !== record.lane);
        if (lanes.length > 0) {
          written.set(id, { ...entry, lanes });
        } else {
          written.delete(id);
          storage.remove(keyOf(id));
        }
      }
    },

    read() {
      const records: QueuedEvent[] = [];
      for (const key of storage.keys(`${prefix}e:`)) {
        const entry = readJson<Entry>(storage, key);
        if (!entry?.event?.id) continue;
        const { lanes, ...rest } = entry;
        written.set(rest.event.id, entry);
        for (const lane of lanes) records.push({ ...rest, lane });
      }
      return records.sort((a, b) => a.position - b.position);
    },
  };
}
