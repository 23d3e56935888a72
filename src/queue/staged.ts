import type { Entry, Journal } from './journal.js';
import { overlay, type Row } from './overlay.js';

/** What is not on disk, by key: in sight of every read, and in the journal as far as it is worth a place there. */
export interface Staged {
  isEmpty(): boolean;
  /** Those of now, and, as long as nobody has come to their end, those that are added later. */
  entries(): Iterable<Entry>;
  /** The newest entry of each key. */
  rows(): [key: string, entry: Entry][];
  /** Adds an entry. Where nothing will ever be on disk, nothing has to be removed from there: then removals are no rows. */
  add(entry: Entry, isForGood: boolean): void;
  /** What is staged under this key is out of date; its entry is done with once that is true of all its keys. */
  supersede(key: string): void;
  /** The same, if it is still this entry. */
  settle(key: string, entry: Entry): void;
  /** Forgets what another page has taken from the journal, while this one was away or the disk full, to deliver it. */
  forgetTaken(): void;
  /** Rows of the disk and, over them, what is not there yet. */
  over(rows: readonly Row[], lower: string, upper: string): Row[];
}

export function createStaged(journal: Journal): Staged {
  const staged = new Map<string, Entry>();
  const supersede = (key: string) => {
    const entry = staged.get(key);
    staged.delete(key);
    if (entry && !entry.keys.some((its) => staged.get(its) === entry)) journal.confirm([entry]);
  };
  return {
    isEmpty: () => staged.size === 0,
    entries: () => staged.values(),
    rows: () => [...staged],
    add(entry, isForGood) {
      for (const key of entry.keys) {
        supersede(key);
        if (!isForGood || entry.value !== undefined) staged.set(key, entry);
      }
    },
    supersede,
    settle(key, entry) {
      if (staged.get(key) === entry) supersede(key);
    },
    forgetTaken() {
      for (const [key, entry] of staged) if (journal.isTaken(entry)) staged.delete(key);
    },
    over: (rows, lower, upper) => overlay(new Map(rows), staged, lower, upper),
  };
}
