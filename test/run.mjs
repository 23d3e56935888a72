// `npm test`: everything that must hold, in one command. `node test/run.mjs lint unit` runs the named checks only.
// Imports node's own modules only, since it also has to work before anything is installed.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ensureBrowser, ensurePackages, root } from './ensure.mjs';

const bin = (name) => join('node_modules', '.bin', name);
const results = (name) => join(root, 'test-results', `${name}.json`);

// In this order. A check without `count` counts as one test. `needs` are run before it, also when not named.
const checks = {
  // In a log file, biome colours each letter on its own unless told not to.
  lint: { command: [bin('biome'), 'ci', '--error-on-warnings', ...(process.stdout.isTTY ? [] : ['--colors=off'])] },
  types: { command: ['npm', 'run', '--silent', 'types'] },
  build: { command: ['npm', 'run', '--silent', 'build'] },
  package: { command: ['node', 'test/package/package.mjs'], needs: ['build'] },
  size: { command: ['node', 'test/size/size.mjs'], needs: ['build'] },
  unit: {
    command: [
      ...[bin('vitest'), '--run', '--config', 'test/vitest.config.ts', '--allowOnly=false'],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${results('unit')}`],
    ],
    count: countVitest,
  },
  e2e: {
    command: [
      bin('playwright'),
      'test',
      '--config',
      'test/playwright.config.ts',
      '--forbid-only',
      '--reporter=list,json',
    ],
    env: async () => ({ TRACKLET_CHROMIUM: await ensureBrowser(), PLAYWRIGHT_JSON_OUTPUT_FILE: results('e2e') }),
    needs: ['build'],
    count: countPlaywright,
  },
  // The promises in three browser engines; a selection, `npm run lab` plays everything.
  lab: {
    command: [
      ...[bin('tsx'), 'test/e2e/promises/lab.ts', '--fast', '--rounds', '1', '--browsers', '2'],
      ...['--counts', results('lab')],
    ],
    needs: ['build'],
    count: countByName,
  },
  // The table of navigations in Firefox and WebKit; a selection, `npm run navigations` plays everything.
  engines: {
    command: [bin('tsx'), 'test/e2e/navigation/in-engines.ts', '--fast', '--counts', results('engines')],
    needs: ['build'],
    count: countByName,
  },
};

// All checks together stay below 20 minutes; one that takes this long hangs.
const CHECK_TIMEOUT_MS = 15 * 60_000;

const rows = {};
/** What could not be tested here, and what failed: said by name at the very end, where a long log is cut least. */
const skippedNames = [];
const failedNames = [];
try {
  ensurePackages();
} catch (error) {
  console.error(error.message);
  console.log('0 passed, 1 failed, 0 skipped');
  process.exit(1);
}
for (const name of chosenChecks(process.argv.slice(2))) {
  console.log(`\n── ${name} ──`);
  const startedAt = Date.now();
  const outcome = await runCheck(name).catch((error) => {
    console.error(error.message);
    failedNames.push(`${name}: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  });
  rows[name] = { ...outcome, seconds: Math.round((Date.now() - startedAt) / 1000) };
}
report();

function chosenChecks(names) {
  const unknown = names.filter((name) => !checks[name]);
  if (unknown.length > 0) {
    console.error(`no such check: ${unknown.join(', ')}; there are: ${Object.keys(checks).join(', ')}`);
    process.exit(1);
  }
  const wanted = new Set(names.flatMap((name) => [name, ...(checks[name].needs ?? [])]));
  return Object.keys(checks).filter((name) => names.length === 0 || wanted.has(name));
}

async function runCheck(name) {
  const { command, env, needs = [], count } = checks[name];
  const broken = needs.find((need) => rows[need].failed > 0);
  if (broken) throw new Error(`not run, because ${broken} failed`);
  mkdirSync(join(root, 'test-results'), { recursive: true });
  rmSync(results(name), { force: true }); // an old report must not be counted
  const succeeded = await run(command, await env?.());
  if (!count) {
    if (!succeeded) failedNames.push(`${name}: see above`);
    return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: 0 };
  }
  if (!existsSync(results(name))) throw new Error(`${name} ended before it had results`);
  const counts = count(JSON.parse(readFileSync(results(name), 'utf8')));
  if (counts.passed + counts.failed === 0) throw new Error(`${name}: no test ran`);
  // Something outside of any test went wrong, such as an unhandled rejection.
  if (!succeeded && counts.failed === 0) {
    counts.failed = 1;
    failedNames.push(`${name}: outside of any test, see above`);
  }
  return counts;
}

function countVitest({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) {
  // A file that cannot even be loaded has no tests to count, and must not vanish.
  const unloadable = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  for (const { name } of unloadable) failedNames.push(`unit: ${relative(root, name)} cannot be loaded`);
  for (const { status, fullName, failureMessages } of testResults.flatMap((file) => file.assertionResults)) {
    if (status === 'failed') failedNames.push(`unit: ${fullName}\n${shorten(failureMessages[0])}`);
  }
  return {
    passed: numPassedTests,
    failed: numFailedTests + unloadable.length,
    skipped: numPendingTests + numTodoTests,
  };
}

function countPlaywright({ stats, errors, suites }) {
  for (const { file, title, tests } of specsIn(suites)) {
    const failing = tests
      .flatMap(({ results }) => results)
      .find(({ status }) => !['passed', 'skipped'].includes(status));
    if (failing) failedNames.push(`e2e: ${file}: ${title}\n${shorten(failing.error?.stack ?? failing.error?.message)}`);
  }
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, skipped: stats.skipped };
}

function specsIn(suites = []) {
  return suites.flatMap((suite) => [...suite.specs, ...specsIn(suite.suites)]);
}

/** Enough of an error to know it by, without its colours. */
function shorten(error = '') {
  const lines = stripVTControlCharacters(error).split('\n');
  return lines
    .slice(0, 12)
    .map((line) => `    ${line}`)
    .join('\n');
}

function countByName({ passed, failed, skipped, names }) {
  skippedNames.push(...names);
  return { passed, failed, skipped };
}

function run([command, ...args], env = {}) {
  // A group of its own, so that a check that hangs can be ended together with the browsers it started.
  const windows = process.platform === 'win32';
  const options = { cwd: root, stdio: 'inherit', shell: windows, detached: !windows };
  const child = spawn(command, args, { ...options, env: { ...process.env, ...env } });
  const end = (signal) => (windows ? child.kill(signal) : process.kill(-child.pid, signal));
  const interrupt = () => {
    end('SIGTERM');
    process.exit(1);
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  let killer;
  const timer = setTimeout(() => {
    console.error(`ended after ${CHECK_TIMEOUT_MS / 60_000} minutes`);
    end('SIGTERM');
    killer = setTimeout(() => end('SIGKILL'), 10_000);
  }, CHECK_TIMEOUT_MS);
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('exit', (code) => resolve(code === 0));
  }).finally(() => {
    clearTimeout(timer);
    clearTimeout(killer);
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  });
}

function report() {
  const total = { passed: 0, failed: 0, skipped: 0 };
  console.log(
    `\n${'check'.padEnd(9)}${['passed', 'failed', 'skipped', 'time'].map((title) => title.padStart(9)).join('')}`,
  );
  for (const [name, row] of Object.entries(rows)) {
    for (const kind of Object.keys(total)) total[kind] += row[kind];
    const cells = [row.passed, row.failed, row.skipped, `${row.seconds} s`];
    console.log(name.padEnd(9) + cells.map((cell) => String(cell).padStart(9)).join(''));
  }
  for (const its of failedNames) console.log(`failed: ${its}`);
  for (const its of skippedNames) console.log(`skipped: ${its}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}
