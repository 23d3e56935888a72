import { parseArgs } from 'node:util';
import { bundlePage } from './bundle.js';
import type { Engine } from './engines/engine.js';
import { ENGINES, isEngine } from './engines/index.js';
import { playRound, type RoundResult } from './play.js';
import { notPossible, printTable, type Row, toRow } from './report.js';
import { saveRow, writeCounts } from './results.js';
import { type BrowserSlot, createSlot } from './round.js';
import type { Scenario } from './scenario.js';
import { scenarios } from './scenarios/index.js';

const { values: flags } = parseArgs({
  options: {
    engine: { type: 'string', default: Object.keys(ENGINES).join() },
    scenario: { type: 'string', default: '' },
    rounds: { type: 'string', default: '20' },
    events: { type: 'string', default: '20' },
    /** Browsers of one engine at work at the same time. */
    browsers: { type: 'string', default: '3' },
    /** The selection that `npm test` runs. */
    fast: { type: 'boolean', default: false },
    /** Another copy of `src/`, such as one that was broken on purpose. */
    sources: { type: 'string' },
    /** Write what is shown to the committed results. */
    save: { type: 'boolean', default: false },
    /** Longest time in s in which what a scenario waits for may come about; less only where it is known not to come. */
    patience: { type: 'string', default: '90' },
    /** Where to count what passed. */
    counts: { type: 'string' },
  },
});

const names = flags.engine.split(',');
for (const name of names)
  if (!isEngine(name)) fail(`no such engine: ${name}; there are ${Object.keys(ENGINES).join()}`);
const keys = flags.scenario.split(',').filter(Boolean);
for (const key of keys) {
  if (!scenarios.some((its) => its.key === key)) {
    fail(`no such scenario: ${key}; there are ${scenarios.map((its) => its.key).join(', ')}`);
  }
}
const chosen = scenarios.filter(({ key, fast }) => (keys.length ? keys.includes(key) : fast || !flags.fast));
const libraryCode = await bundlePage(flags.sources);

const rows: Row[] = [];
const absent: string[] = [];
for (const name of names.filter(isEngine)) {
  const engine = await ENGINES[name]();
  if (!engine) {
    absent.push(`${name}: not installed, and it could not be installed`);
    continue;
  }
  console.log(`\n${engine.version}`);
  const slots = Array.from({ length: Number(flags.browsers) }, () => createSlot(engine));
  const waiting = [...chosen];
  const playNext = async (withThese: readonly BrowserSlot[]) => {
    for (let scenario = waiting.shift(); scenario; scenario = waiting.shift()) {
      const startedAt = Date.now();
      const row = await playAll(scenario, engine, withThese);
      rows.push(row);
      if (flags.save) saveRow(row, engine.version, libraryCode);
      const lines = printTable([row]).split('\n').slice(1);
      console.log(`${lines.join('\n')}  (${Math.round((Date.now() - startedAt) / 1_000)} s)`);
    }
  };
  // Rounds side by side, or, where there are few, scenarios.
  if (Number(flags.rounds) >= slots.length) await playNext(slots);
  else await Promise.all(slots.map((slot) => playNext([slot])));
  await Promise.all(slots.map((slot) => slot.discard()));
  await engine.close();
}
console.log(`\n${printTable(rows)}`);
for (const its of absent) console.log(`skipped: ${its}`);
if (flags.counts) writeCounts(flags.counts, rows, absent);
process.exit(rows.some(({ verdict }) => verdict === 'broken') ? 1 : 0);

async function playAll(scenario: Scenario, engine: Engine, slots: readonly BrowserSlot[]): Promise<Row> {
  const missing = scenario.needs?.find((power) => !engine.powers.has(power));
  if (missing) return notPossible(scenario, engine.name, `not possible in ${engine.name}: ${missing}`);
  const rounds = Math.min(scenario.rounds ?? Number.POSITIVE_INFINITY, Number(flags.rounds));
  const events = scenario.events ?? Number(flags.events);
  const results: RoundResult[] = [];
  let begun = 0;
  const worker = async (slot: BrowserSlot) => {
    while (begun < rounds) {
      begun += 1;
      results.push(await playRound(scenario, engine, slot, libraryCode, events, Number(flags.patience) * 1_000));
    }
  };
  await Promise.all(slots.map(worker));
  return toRow(scenario, engine.name, results);
}

function fail(problem: string): never {
  console.error(problem);
  process.exit(1);
}
