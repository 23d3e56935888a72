import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Row } from './report.js';

/** What the last full runs showed. Committed, so that what the README promises can be checked against it. */
export interface Results {
  /** Per engine: which version was last played. */
  readonly engines: { readonly [engine: string]: { readonly version: string } };
  readonly rows: readonly PlayedRow[];
}

export interface PlayedRow extends Row {
  /** Of its own, because a run may play some scenarios only: `2026-11-29`. */
  readonly date: string;
  /** Short for the code of the library that was played, so that two rows can be told to be of the same. */
  readonly library: string;
}

export const RESULTS = fileURLToPath(new URL('results.json', import.meta.url));

export const readResults = (file = RESULTS): Results =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : { engines: {}, rows: [] };

/** Replaces what is known of this scenario in this engine; everything else stays. */
export function saveRow(row: Row, version: string, libraryCode: string): void {
  const before = readResults();
  const date = new Date().toISOString().slice(0, 10);
  const library = createHash('sha256').update(libraryCode).digest('hex').slice(0, 12);
  const played: PlayedRow = { ...row, date, library };
  const others = before.rows.filter(({ scenario, engine }) => scenario !== row.scenario || engine !== row.engine);
  const results: Results = {
    engines: { ...before.engines, [row.engine]: { version } },
    rows: [...others, played].sort((a, b) => `${a.scenario} ${a.engine}`.localeCompare(`${b.scenario} ${b.engine}`)),
  };
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
}

/** For `npm test`: one test per scenario and engine; what could not be played is skipped, by name. */
export function writeCounts(file: string, rows: readonly Row[], absent: readonly string[]): void {
  const count = (verdicts: readonly Row['verdict'][]) =>
    rows.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const skipped = [
    ...absent,
    ...rows
      .filter(({ verdict }) => verdict === 'not possible')
      .map(({ scenario, engine }) => `${scenario} in ${engine}`),
  ];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    JSON.stringify({
      passed: count(['kept', 'limit']),
      failed: count(['broken']),
      skipped: skipped.length,
      names: skipped,
    }),
  );
}
