import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startCapillary } from '../../../demo/vendors/capillary.js';
import { demoCredentials } from '../../../demo/vendors/demo-credentials.js';
import { DEFINITION } from '../../support/capillary-definitions.js';
import { changed, closedAfterEach } from '../vendors/exchange.js';

const { key, secret } = demoCredentials.capillary;
const folder = mkdtempSync(join(tmpdir(), 'tracklet-'));
afterAll(() => rmSync(folder, { recursive: true }));
const opened = closedAfterEach();

/** The command as its own process, as `npx tracklet` would run it. */
function tracklet(words: readonly string[], env: Record<string, string> = {}, input = '') {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/tracklet.ts', ...words], {
    env: { PATH, HOME, ...env },
  });
  let [out, error] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    error += chunk;
  });
  child.stdin.end(input);
  return new Promise<{ code: number | null; out: string; error: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, out, error }));
  });
}

function fileOf(content: unknown, name = 'events.json'): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function organisation() {
  const standIn = await opened(startCapillary());
  const env = { CAPILLARY_ENDPOINT: standIn.url, CAPILLARY_KEY: key, CAPILLARY_SECRET: secret };
  return { standIn, env, define: (...words: string[]) => tracklet(['capillary', 'define', ...words], env) };
}

/** Each run is a process of its own, which takes its time on a busy machine. */
const TIMEOUT_MS = 90_000;

describe('npx tracklet capillary define', { timeout: TIMEOUT_MS }, () => {
  test('says what it would create (3), creates it (0), finds it there (0), shows where it differs (1)', async () => {
    const { define, standIn } = await organisation();
    const file = fileOf([DEFINITION]);
    expect(await define(file, '--dry-run')).toEqual({
      code: 3,
      out: '+ would be created  trial_ended\n\n1 would be created\n',
      error: '',
    });
    expect(await define(file)).toEqual({ code: 0, out: '+ created           trial_ended\n\n1 created\n', error: '' });
    for (const words of [[file], [file, '--dry-run']]) {
      expect(await define(...words)).toEqual({
        code: 0,
        out: '= exists            trial_ended (UNPUBLISHED)\n\n1 exists\n',
        error: '',
      });
    }
    const other = fileOf([changed(DEFINITION, ['fields', 2, 'type'], 'string')], 'other.json');
    const { code, out } = await define(other);
    expect(code).toBe(1);
    expect(out).toContain(
      `~ differs           trial_ended (UNPUBLISHED)\n    fields.amount.type\n      - Capillary: DOUBLE\n      + ${other}: string\n`,
    );
    expect(standIn.requests().filter(({ method, path }) => method === 'POST' && path === '/v2/events')).toHaveLength(1);
  });

  test('reads the file from standard input', async () => {
    const { env } = await organisation();
    const { code, out } = await tracklet(['capillary', 'define', '-'], env, JSON.stringify([DEFINITION]));
    expect([code, out]).toEqual([0, expect.stringContaining('+ created')]);
  });

  test('reads a file that an editor began with a mark, and tells of one event too many', async () => {
    const { define } = await organisation();
    const events = [DEFINITION, { ...DEFINITION, eventName: 'one_more' }];
    const { code, out } = await define(fileOf(`\uFEFF${JSON.stringify(events)}`), '--dry-run');
    expect(code).toBe(3);
    expect(out).toContain('+ would be created  one_more\n    that makes 11 events');
  });

  test('names file, place, rule and fix of what Capillary would refuse, and defines the rest (1)', async () => {
    const { define } = await organisation();
    const file = fileOf([changed(DEFINITION, ['fields', 2, 'type'], 'float'), { ...DEFINITION, eventName: 'fine' }]);
    const { code, out } = await define(file);
    expect(code).toBe(1);
    expect(out).toContain('! refused           trial_ended\n');
    expect(out).toContain(`${file} [0].fields[2].type: event trial_ended, field amount: the types are tillCode, `);
    expect(out).toContain('choose one instead of "float" (Capillary: 1823)');
    expect(out).toContain('+ created           fine\n');
    expect(out).toContain('\n1 created, 1 refused\n');
  });

  test('never prints a credential, and says why it failed (1)', async () => {
    const { env } = await organisation();
    const file = fileOf([DEFINITION]);
    const wrong = { ...env, CAPILLARY_SECRET: 'wrong-secret' };
    const byKey = await tracklet(['capillary', 'define', file], wrong);
    expect([byKey.code, byKey.out]).toEqual([1, expect.stringMatching(/\? failed +trial_ended\n {4}.*401/)]);
    const byToken = await tracklet(['capillary', 'define', file, '--token=wrong-token'], env);
    expect([byToken.code, byToken.out]).toEqual([1, expect.stringMatching(/\? failed +trial_ended\n {4}401/)]);
    const printed = byKey.out + byKey.error + byToken.out + byToken.error;
    expect(printed).not.toMatch(new RegExp(`wrong-|${secret}|${key}`));
  });

  test.each([
    ['a file that is not there', ['capillary', 'define', 'nowhere.json'], /nowhere\.json cannot be read: ENOENT/],
    ['a file that is no JSON', ['capillary', 'define', 'FILE:{'], /events\.json is not JSON: /],
    [
      'a file without a list',
      ['capillary', 'define', 'FILE:{}'],
      /definitions are a list.*put the definition in \[ \]/,
    ],
    ['no file', ['capillary', 'define'], /which file\?/],
    ['two files', ['capillary', 'define', 'a.json', 'b.json'], /one file at a time/],
    ['an unknown option', ['capillary', 'define', 'a.json', '--force'], /no such option: --force/],
    ['an unknown short option', ['capillary', 'define', 'a.json', '-n'], /no such option: -n$/m],
    ['a value for what has none', ['capillary', 'define', 'a.json', '--dry-run=true'], /--dry-run takes no value/],
    ['an option without its value', ['capillary', 'define', 'a.json', '--endpoint', '--dry-run'], /--endpoint needs/],
    ['an unknown command', ['capillary', 'delete', 'a.json'], /no such command: capillary delete/],
    [
      'no credentials',
      ['capillary', 'define', 'FILE:[{}]', '--endpoint', 'https://eu.example'],
      /key, secret.*must be/,
    ],
    ['no endpoint', ['capillary', 'define', 'FILE:[{}]', '--token=t'], /endpoint.*CAPILLARY_ENDPOINT/s],
    [
      'an address that would carry the secret in the clear',
      ['capillary', 'define', 'FILE:[{}]', '--token=t', '--endpoint=http://eu.example'],
      /https:\/\//,
    ],
  ])('says what it cannot understand (2): %s', async (_what, words, message) => {
    const { code, out, error } = await tracklet(
      words.map((word) => (word.startsWith('FILE:') ? fileOf(word.slice(5)) : word)),
    );
    expect([code, out]).toEqual([2, '']);
    expect(error).toMatch(message);
  });

  test.each([[[]], [['--help']], [['capillary', 'define', '--help']]])('explains itself (0): %j', async (words) => {
    const { code, out, error } = await tracklet(words);
    expect([code, error]).toEqual([0, '']);
    for (const part of ['--dry-run', 'CAPILLARY_SECRET', 'Exit codes', '3  only with --dry-run']) {
      expect(out).toContain(part);
    }
  });
});
