const FIRST_MS = 1_000;
const LONGEST_MS = 300_000;

/**
 * How long to wait after a failure, in ms, when `failures` in a row came before it: anything from 0 to 1 s, 2 s, 4 s …
 * 5 min. Full jitter, because a million visitors who failed together must not come back together.
 */
export const backoffMs = (failures: number, random: number): number =>
  Math.round(random * Math.min(LONGEST_MS, FIRST_MS * 2 ** failures));
