import { addCounts, type Counts, type DropReason } from '../event/loss.js';
import { newId } from '../lib/new-id.js';
import { atExit } from './journal.js';
import type { Row } from './overlay.js';
import { LAST, type Store } from './store.js';

/** Stored differences of a lane's totals that are worth joining into one. */
const JOIN_DIFFERENCES_AT = 24;

/** Running totals of a lane: events and bytes in it now, events the vendor took, failed requests, and losses by reason. */
export type Tally = Counts<'waiting' | 'bytes' | 'sent' | 'unconfirmed' | 'retries' | DropReason>;

/** Where a lane's totals are kept, as differences of one task each. */
export const totalsOf = (lane: string): string => `${lane} t `;

/** Totals of all lanes, kept without ever counting what is stored. */
export interface Totals {
  count(lane: string, change: Tally): void;
  tally(lane: string, join?: boolean): Promise<Tally>;
  /**
   * Of a lane that was seen empty: what a page removed and did not live to count is counted as delivered, unconfirmed.
   * WebKit carries out the removals of a transaction whose page dies, and not the puts.
   */
  balance(lane: string): Promise<void>;
  /** Ends the keys of what this task has counted so far. */
  currentTask(): string;
}

/** `inDoubt` names the tasks of which nobody has heard yet whether they are on disk. */
export function createTotals(store: Store, inDoubt: () => readonly (string | undefined)[]): Totals {
  /** This task's, by lane: one difference for a burst of events, and never a read before a write. */
  const changes = new Map<string, Tally>();
  let task = '';

  const writeChanges = () => {
    if (changes.size === 0) return;
    const entries = [...changes].map(([lane, value]) => atExit([totalsOf(lane) + task], value));
    changes.clear();
    store.write(entries);
  };

  const count: Totals['count'] = (lane, change) => {
    // Queued before the store's own commit of this task, so that events and totals share its transaction.
    if (changes.size === 0) {
      task = newId();
      queueMicrotask(writeChanges);
    }
    changes.set(lane, addCounts(changes.get(lane) ?? {}, change));
  };

  return {
    currentTask: () => task,

    count,

    async balance(lane) {
      writeChanges();
      // In one read, for whoever adds an event counts it in the same transaction; nor is one to come from a journal.
      const rows = await store.read(`${lane} e `, totalsOf(lane) + LAST);
      const totals = rows.filter(([key]) => key > totalsOf(lane));
      const { waiting = 0, bytes = 0 } = sumOf(totals);
      if (waiting < 1 || rows[0]?.[0].startsWith(`${lane} e `) || inDoubt().length > 0) return;
      count(lane, { waiting: -waiting, bytes: -bytes, sent: waiting, unconfirmed: waiting });
    },

    async tally(lane, join) {
      writeChanges();
      const rows = await store.read(totalsOf(lane), totalsOf(lane) + LAST);
      if (join && rows.length > JOIN_DIFFERENCES_AT) {
        // By its key alone it can be told whether a task was counted.
        const kept = inDoubt().map((its) => totalsOf(lane) + its);
        const joined = rows.filter(([key]) => !kept.includes(key));
        const keys = joined.map(([key]) => key);
        store.write([atExit(keys, undefined), atExit([totalsOf(lane) + newId()], sumOf(joined))]);
      }
      return sumOf(rows);
    },
  };
}

const sumOf = (rows: readonly Row[]): Tally =>
  rows.reduce<Tally>((total, [, change]) => addCounts(total, change as Tally), {});
