import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readResults } from '../e2e/promises/results.js';
import { scenarios } from '../e2e/promises/scenarios/index.js';

/** By words of a row's first column in the README's table of promises: the scenarios that stand for it. */
const promises: Record<string, string[]> = JSON.parse(readFileSync('test/e2e/promises/promises.json', 'utf8'));
const readme = readFileSync('README.md', 'utf8');
const { rows } = readResults();

test.each(Object.entries(promises))('the promise when %s is in the README, and has its scenarios', (words, keys) => {
  expect(readme).toMatch(new RegExp(`^\\| .*${words.replaceAll('|', '\\|')}`, 'm'));
  for (const key of keys) expect(scenarios.map((its) => its.key)).toContain(key);
});

test.each(Object.entries(promises))('the promise when %s is not broken in the last full run', (_, keys) => {
  const broken = rows.filter(({ scenario, verdict }) => keys.includes(scenario) && verdict === 'broken');
  expect(broken).toEqual([]);
});
