import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readResults } from '../e2e/promises/results.js';
import { scenarios } from '../e2e/promises/scenarios/index.js';

/** By words of a row's first column in the README's table of promises: the scenarios that stand for it. */
const promises: Record<string, string[]> = JSON.parse(readFileSync('test/e2e/promises/promises.json', 'utf8'));
const readme = readFileSync('README.md', 'utf8');
const { rows } = readResults();
const ENGINES = ['chromium', 'firefox', 'webkit'] as const;

test.each(Object.entries(promises))('the promise when %s is in the README, and has its scenarios', (words, keys) => {
  expect(readme).toMatch(new RegExp(`^\\| .*${words.replaceAll('|', '\\|')}`, 'm'));
  for (const key of keys) expect(scenarios.map((its) => its.key)).toContain(key);
});

// A row that is left out would keep every promise.
test.each(scenarios.flatMap(({ key }) => ENGINES.map((engine) => [key, engine] as const)))(
  'the last full run played %s in %s, and it was not broken',
  (key, engine) => {
    const row = rows.find((its) => its.scenario === key && its.engine === engine);
    expect(row?.verdict, JSON.stringify(row?.faults)).toBeOneOf(['kept', 'limit', 'not possible']);
  },
);

test('each engine plays what it can: a scenario is impossible by a power it lacks only', () => {
  const impossible = rows.filter(({ verdict }) => verdict === 'not possible');
  for (const { scenario } of impossible) expect(scenarios.find(({ key }) => key === scenario)?.needs).toBeDefined();
});
