// The table of navigations in the other engines: `npm run navigations -- [--engine webkit] [--fast] [words of a name]`.
// Chromium's turn is navigation.spec.ts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import type { Browser, Engine } from '../promises/engines/engine.js';
import { ENGINES } from '../promises/engines/index.js';
import { loadBrowserCode } from '../support/browser-code.js';
import { bundleApps } from './apps.js';
import { FEATURES, type Feature, type NavigationCase } from './case.js';
import { alsoPatched, groups, WITHOUT_NAVIGATION_API } from './cases.js';
import { countsOf, type Outcome, printTable, type Row, toRow } from './outcomes.js';
import { play, typing } from './play.js';
import { type NavigationSite, startNavigationSite } from './site.js';

const { values: flags, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: 'string', default: 'firefox,webkit' },
    /** The selection that `npm test` runs. */
    fast: { type: 'boolean', default: false },
    /** Where to count what passed. */
    counts: { type: 'string' },
  },
});
/** A browser may decline to restore a page, or to open a database at all; then it is asked again. */
const ATTEMPTS = 4;
const IS_SHUT = 'return !(await tracker.stats()).durable';

const code = await loadBrowserCode();
const apps = await bundleApps();
const rows: Row[] = [];
const absent: string[] = [];
for (const name of flags.engine.split(',')) {
  if (name !== 'firefox' && name !== 'webkit') throw new Error(`no such engine: ${name}; there are firefox and webkit`);
  const engine = await ENGINES[name]();
  if (engine) rows.push(await playAll(engine));
  else absent.push(`${name}: not installed, and it could not be installed`);
}
console.log(`\n${printTable(rows)}`);
for (const its of absent) console.log(`skipped: ${its}`);
if (flags.counts) {
  mkdirSync(dirname(flags.counts), { recursive: true });
  writeFileSync(flags.counts, JSON.stringify(countsOf(rows, absent)));
}
process.exit(rows.some(({ differing }) => differing.length > 0) ? 1 : 0);

async function playAll(engine: Engine): Promise<Row> {
  const startedAt = Date.now();
  const profile = await mkdtemp(join(tmpdir(), 'tracklet-navigation-'));
  const browser = await engine.launch({ profile });
  const outcomes = new Map<string, Outcome>();
  try {
    const features = await featuresOf(engine, browser);
    for (const [name, its] of chosen(features)) {
      const outcome = await outcomeOf(its, features, engine, browser);
      outcomes.set(name, outcome);
      const why = outcome.kind === 'kept' ? '' : `: ${outcome.why}`;
      console.log(`${engine.name}: ${outcome.kind}: ${name}${why}`);
    }
  } finally {
    await browser.end();
    await engine.close();
    await rm(profile, { recursive: true, force: true });
  }
  return toRow(engine.version, (Date.now() - startedAt) / 1_000, outcomes);
}

function* chosen(features: ReadonlySet<Feature>): Iterable<[name: string, its: NavigationCase]> {
  for (const [group, cases] of Object.entries(groups)) {
    for (const its of cases) {
      const name = `${group}: ${its.name}`;
      if ((flags.fast && !its.fast) || !words.every((word) => name.includes(word))) continue;
      yield [name, its];
      if (features.has('the Navigation API') && alsoPatched.includes(group) && !its.needs) {
        const before = WITHOUT_NAVIGATION_API + (its.before ?? '');
        yield [`${group}, without a Navigation API: ${its.name}`, { ...its, before }];
      }
    }
  }
}

/** A site whose pages run what this engine's tabs need. */
function siteOf(its: NavigationCase, { pageScript }: Engine): Promise<NavigationSite> {
  return startNavigationSite(its, { code, apps, pageScript });
}

async function featuresOf(engine: Engine, browser: Browser): Promise<ReadonlySet<Feature>> {
  const site = await siteOf({ name: '', steps: [], expected: [] }, engine);
  const tab = await browser.open(`${site.origin}/bare`);
  const features = new Set<Feature>();
  for (const [feature, test] of Object.entries(FEATURES)) {
    if (await tab.run(`return !!(${test})`)) features.add(feature as Feature);
  }
  await tab.close();
  await site.close();
  return features;
}

async function outcomeOf(
  its: NavigationCase,
  features: ReadonlySet<Feature>,
  engine: Engine,
  browser: Browser,
): Promise<Outcome> {
  if (its.needs && !features.has(its.needs)) return { kind: 'not applicable', why: `it lacks ${its.needs}` };
  for (let attempt = 1; ; attempt++) {
    // Each has an origin, and so a storage, of its own.
    const site = await siteOf(its, engine);
    const tab = await browser.open(`${site.origin}/bare`);
    try {
      const captured = await play(its, site, typing(tab));
      if (isDeepStrictEqual(captured, its.expected)) return { kind: 'kept' };
      return { kind: 'differs', why: `\n  ${captured.join('\n  ')}\nnot\n  ${its.expected.join('\n  ')}` };
    } catch (error) {
      const isTheirs = String(error).includes('declined') || (await tab.run(IS_SHUT).catch(() => false));
      if (!isTheirs || attempt === ATTEMPTS) return { kind: 'differs', why: String(error) };
      console.log(`${engine.name}: once more: ${its.name}`);
    } finally {
      await tab.close();
      await site.close();
    }
  }
}
