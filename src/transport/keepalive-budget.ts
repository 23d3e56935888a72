/**
 * Bytes of keepalive bodies that may be on their way at once. The browser allows a document 64 KiB (Fetch standard,
 * "in-flight keepalive bytes"), shared with every other script's beacons, and fails what exceeds it; this leaves room.
 */
export const KEEPALIVE_BYTES = 60_000;

/** The pool belongs to the document, so all trackers on the page share one ledger. */
let free = KEEPALIVE_BYTES;
const waiting: { readonly bytes: number; readonly resolve: () => void }[] = [];

/** Gives bytes back. */
export function releaseKeepalive(bytes: number): void {
  free += bytes;
  for (let next = waiting[0]; next && tryTake(next.bytes); next = waiting[0]) {
    waiting.shift();
    next.resolve();
  }
}

/** Takes bytes of the pool now, or returns false. */
export const tryReserveKeepalive = (bytes: number): boolean => waiting.length === 0 && tryTake(bytes);

/** Takes bytes of the pool as soon as there are enough, in the order of asking. */
export const reserveKeepalive = async (bytes: number): Promise<void> => {
  if (!tryReserveKeepalive(bytes)) await new Promise<void>((resolve) => waiting.push({ bytes, resolve }));
};

function tryTake(bytes: number): boolean {
  const fits = bytes <= free;
  if (fits) free -= bytes;
  return fits;
}
