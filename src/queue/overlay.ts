import type { Entry } from './journal.js';

export type Row = readonly [key: string, value: unknown];

/** Rows of the disk and, over them, what is not there yet, in the order of their keys. Pure. */
export function overlay(
  rows: Map<string, unknown>,
  staged: ReadonlyMap<string, Entry>,
  lower: string,
  upper: string,
): Row[] {
  for (const [key, { value }] of staged) {
    if (value === undefined) rows.delete(key);
    else if (lower <= key && key <= upper) rows.set(key, value);
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
}
