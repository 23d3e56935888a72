/**
 * Bytes of keepalive bodies that may be on their way at once. The browser allows a document 64 KiB (Fetch standard,
 * "in-flight keepalive bytes"), shared with every other script's beacons, and fails what exceeds it; this leaves room.
 */
export const KEEPALIVE_BYTES = 60_000;

/** Gives bytes back; further calls do nothing. */
export type Release = () => void;

/** A ledger of the document's keepalive pool. */
export interface KeepaliveBudget {
  /** Takes bytes now, or returns undefined. */
  tryReserve(bytes: number): Release | undefined;
  /** Takes bytes as soon as there are enough, in the order of asking. */
  reserve(bytes: number): Promise<Release>;
}

export function createKeepaliveBudget(total: number = KEEPALIVE_BYTES): KeepaliveBudget {
  let free = total;
  const queue: { bytes: number; resolve: (release: Release) => void }[] = [];

  const take = (bytes: number): Release => {
    free -= bytes;
    let held = bytes;
    return () => {
      free += held;
      held = 0;
      serve();
    };
  };
  const serve = () => {
    for (let next = queue[0]; next && next.bytes <= free; next = queue[0]) {
      queue.shift();
      next.resolve(take(next.bytes));
    }
  };
  return {
    tryReserve: (bytes) => (bytes <= free && queue.length === 0 ? take(bytes) : undefined),
    reserve: (bytes) =>
      new Promise((resolve) => {
        queue.push({ bytes, resolve });
        serve();
      }),
  };
}

/** The pool belongs to the document, so all trackers on the page share one ledger. */
export const keepaliveBudget: KeepaliveBudget = createKeepaliveBudget();
