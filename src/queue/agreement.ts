import { openDatabase, updateRow } from './database.js';
import type { Entry } from './journal.js';

/** Ids made up further apart than this, in ms, belong to two visitors: the first has been erased in between. */
const AT_ONCE_MS = 60_000;

interface Agreed {
  readonly id: string;
  /** When it was made up; epoch ms. */
  readonly at: number;
}

/** Sees to it that events which are not on disk yet mention the visitor id that counts. Never rejects. */
export type Settle = (staged: Iterable<Entry>) => Promise<void>;

/**
 * Which of the visitor ids that tabs make up at the same moment counts: the first to reach the database `name`, for that
 * alone is in one order for all tabs. `replace` is given the way to ask, and resolves to what it replaced.
 */
export const createSettle =
  (
    replace: (agree: (id: string) => Promise<string>) => Promise<readonly [from: string, to: string] | undefined>,
    name: string,
    now: () => number,
  ): Settle =>
  async (staged) => {
    const replaced = await replace((id) => agreeOn(name, { id, at: now() }));
    if (!replaced) return;
    for (const { id, value } of staged) {
      // In place, for a lane that may send the event at exit holds the same record.
      if (id) Object.assign(value as object, JSON.parse(JSON.stringify(value).replaceAll(...replaced)));
    }
  };

/** Resolves to the id itself where there is no database, or none that can be written: then nobody can be asked. */
async function agreeOn(name: string, mine: Agreed): Promise<string> {
  try {
    const database = await openDatabase(name, () => {});
    const agreed = await updateRow<Agreed>(database, 'visitor', (before) =>
      before && Math.abs(before.at - mine.at) < AT_ONCE_MS ? before : mine,
    );
    database.close();
    return (agreed ?? mine).id;
  } catch {
    return mine.id;
  }
}
