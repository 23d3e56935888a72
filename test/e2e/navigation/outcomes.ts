/** How one case went in one engine. */
export type Outcome =
  | { readonly kind: 'kept' }
  | { readonly kind: 'differs'; readonly why: string }
  | { readonly kind: 'not applicable'; readonly why: string };

/** One engine's cases; those that were not kept by name. */
export interface Row {
  readonly engine: string;
  readonly seconds: number;
  readonly kept: number;
  readonly differing: readonly string[];
  readonly notApplicable: readonly string[];
}

export function toRow(engine: string, seconds: number, outcomes: ReadonlyMap<string, Outcome>): Row {
  const all = [...outcomes];
  return {
    engine,
    seconds,
    kept: all.filter(([, { kind }]) => kind === 'kept').length,
    differing: all.flatMap(([name, its]) => (its.kind === 'differs' ? [`${name}\n${its.why}`] : [])),
    notApplicable: all.flatMap(([name, its]) => (its.kind === 'not applicable' ? [`${name}: ${its.why}`] : [])),
  };
}

const COLUMNS = ['played', 'kept', 'differing', 'not applicable', 'time'] as const;

export function printTable(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ engine }) => engine.length));
  const line = (first: string, cells: readonly unknown[]) =>
    first.padEnd(width) + cells.map((cell, index) => String(cell).padStart((COLUMNS[index] ?? '').length + 3)).join('');
  return [
    line('', COLUMNS),
    ...rows.map(({ engine, seconds, kept, differing, notApplicable }) =>
      line(engine, [
        ...[kept + differing.length, kept, differing.length, notApplicable.length],
        `${Math.round(seconds)} s`,
      ]),
    ),
  ].join('\n');
}

/** For `npm test`: one test per case and engine; what could not be played is skipped, by name. */
export function countsOf(rows: readonly Row[], absent: readonly string[]): object {
  const sum = (count: (row: Row) => number) => rows.reduce((total, row) => total + count(row), 0);
  const names = [...absent, ...rows.flatMap((row) => row.notApplicable.map((its) => `${row.engine}: ${its}`))];
  return {
    passed: sum(({ kept }) => kept),
    failed: sum(({ differing }) => differing.length),
    skipped: names.length,
    names,
  };
}
