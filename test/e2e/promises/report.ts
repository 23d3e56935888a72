import type { Engine } from './engines/engine.js';
import type { RoundResult } from './play.js';
import { BARE_PUTS_LOST, type Scenario } from './scenario.js';

/** All rounds of one scenario in one engine. */
export interface Row {
  readonly scenario: string;
  readonly engine: string;
  readonly rounds: number;
  /** Events times vendors. */
  readonly events: number;
  readonly lost: number;
  readonly doubled: number;
  readonly repeated: number;
  readonly dropped: number;
  /** Why a double is not a mistake here. */
  readonly ambiguous?: string;
  readonly notes: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
  /** Why this engine loses events here whatever a page does. */
  readonly limit?: string;
  readonly verdict: 'kept' | 'broken' | 'limit' | 'not possible';
}

export function toRow(scenario: Scenario, engine: Engine['name'], results: readonly RoundResult[]): Row {
  const sum = (kind: 'events' | 'lost' | 'doubled' | 'repeated' | 'dropped') =>
    results.reduce((total, its) => total + its[kind], 0);
  const notes: Record<string, number> = {};
  for (const its of results) {
    for (const [name, count] of Object.entries(its.notes)) notes[name] = (notes[name] ?? 0) + count;
  }
  const faults = results.flatMap((its) => its.faults);
  // Of all rounds, for two databases of one page are written side by side: in one round, either may come first.
  if (sum('lost') > 0 && notes[BARE_PUTS_LOST] === 0) {
    faults.push(`lost ${sum('lost')}, and the browser kept whatever was put by hand after them`);
  }
  const limit = scenario.limits?.[engine];
  const isWhole = faults.length === 0 && (scenario.ambiguous !== undefined || sum('doubled') === 0);
  const isKept = isWhole && sum('lost') === 0;
  return {
    scenario: scenario.key,
    engine,
    rounds: results.length,
    events: sum('events'),
    lost: sum('lost'),
    doubled: sum('doubled'),
    repeated: sum('repeated'),
    dropped: sum('dropped'),
    ...(scenario.ambiguous && { ambiguous: scenario.ambiguous }),
    notes,
    faults: [...new Set(faults)].slice(0, 5),
    ...(limit && { limit }),
    verdict: isKept ? 'kept' : isWhole && limit ? 'limit' : 'broken',
  };
}

/** A scenario that this engine cannot play, by name: nothing is left out silently. */
export const notPossible = (scenario: Scenario, engine: Engine['name'], why: string): Row => ({
  ...toRow(scenario, engine, []),
  faults: [why],
  verdict: 'not possible',
});

const COLUMNS = [
  'scenario',
  'engine',
  'rounds',
  'events',
  'lost',
  'doubled',
  'repeated',
  'dropped',
  'verdict',
] as const;

export function printTable(rows: readonly Row[]): string {
  const cells = rows.map((row) =>
    COLUMNS.map((column) => {
      if (column === 'doubled' && row.ambiguous) return `${row.doubled} (ambiguous)`;
      return String(row[column]);
    }),
  );
  const widths = COLUMNS.map((column, index) =>
    Math.max(column.length, ...cells.map((its) => its[index]?.length ?? 0)),
  );
  const line = (its: readonly string[]) =>
    its
      .map((cell, index) => (/^\d/.test(cell) ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd();
  const details = rows.flatMap(({ scenario, engine, faults, notes }) => [
    ...faults.map((fault) => `  ${scenario}, ${engine}: ${fault}`),
    ...(Object.keys(notes).length ? [`  ${scenario}, ${engine}: ${JSON.stringify(notes)}`] : []),
  ]);
  return [line(COLUMNS), ...cells.map(line), ...details].join('\n');
}
