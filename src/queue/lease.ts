import type { Departures } from './departures.js';
import type { Store } from './store.js';

/** Takes turns where Web Locks do not exist: a record says which page may work, and until when. */
export interface Lease {
  /** When this page has to stop, epoch ms; undefined while another page holds the name. */
  take(name: string): Promise<number | undefined>;
  /** May a page that has to stop then go on now? */
  lasts(until: number): boolean;
  drop(name: string): Promise<void>;
}

interface Held {
  readonly page: string;
  readonly until: number;
}

const isHeld = (value: unknown): value is Held => typeof (value as Held | undefined)?.until === 'number';

const keyOf = (name: string) => `lease ${name}`;

/**
 * `turnMs` is how long a page may work before it takes its turn anew; another page waits as long again, because a
 * request may outlast the turn, before it takes over from one that was killed or frozen.
 */
export function createLease(
  store: Store,
  departures: Departures,
  page: () => string,
  now: () => number,
  turnMs: number,
): Lease {
  // A clock that was set back must not make a turn longer.
  const isOver = ({ until }: Held) => until - now() > turnMs || now() - until > turnMs;
  return {
    async take(name) {
      const mine: Held = { page: page(), until: now() + turnMs };
      const isFree = (held: Held) => held.page === mine.page || isOver(held) || departures.all().get(held.page)?.left;
      const held = await store.update<Held>(keyOf(name), (before) =>
        isHeld(before) && !isFree(before) ? before : mine,
      );
      // Without a database nothing is shared that two pages could send.
      return !held || held.page === mine.page ? mine.until : undefined;
    },
    lasts: (until) => until > now() && until - now() <= turnMs,
    async drop(name) {
      await store.update<Held>(keyOf(name), (before) => (before?.page === page() ? { ...before, until: 0 } : before));
    },
  };
}
