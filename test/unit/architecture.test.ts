import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Imports point down these ranks. Folders of one rank do not know each other. */
const ranks: Record<string, number> = {
  lib: 0,
  event: 1,
  transport: 1,
  queue: 2,
  visitor: 2,
  adapters: 2,
  capture: 3,
  consent: 3,
  delivery: 3,
  wiring: 4,
  entries: 5,
  auto: 5,
  server: 5,
  relay: 5,
  testing: 5,
  inspector: 5,
  // Commands are made of what is public; nothing is made of commands.
  cli: 6,
};

/** Files at the top of src/ belong to a group as if it were their folder: these to the entries, the others to the wiring. */
const entries = ['index.ts', 'debug.ts', 'redaction.ts', 'script.ts', 'snippet.ts', 'storage.ts', 'background-sync.ts'];

/** These also run in service workers and in the relay. */
const pageless = ['adapters', 'event', 'delivery', 'queue'];

const packages = ['idb-keyval', 'nanoid'];

/** Only these run on Node alone, and may import what comes with it. */
const onNode = ['cli'];

const maxLines = 200;

/** What is wrong with one file, in words. `path` is relative to src/, with forward slashes. */
function problemsIn(path: string, source: string): string[] {
  const code = withoutComments(source);
  const folder = folderOf(path);
  const problems = importsOf(code).flatMap((specifier) => problemsWithImport(path, specifier));
  if (ranks[folder] === undefined) problems.push(`${path}: the folder ${folder} has no rank; give it one in this test`);
  if (pageless.includes(folder)) {
    const globals = new Set(withoutStrings(code).match(/\b(window|document)\b/g));
    for (const name of globals) problems.push(`${path}: ${folder}/ also runs without a page, so it cannot use ${name}`);
  }
  const lines = source.trimEnd().split('\n').length;
  if (lines > maxLines) problems.push(`${path}: ${lines} lines; past ${maxLines} it is two files`);
  if (/(^|\/)(utils?|helpers?)\b/.test(path)) problems.push(`${path}: name the file after what it does`);
  return problems;
}

function problemsWithImport(path: string, specifier: string): string[] {
  if (specifier.startsWith('node:') && onNode.includes(folderOf(path))) return [];
  if (!specifier.startsWith('.')) {
    return packages.includes(specifier)
      ? []
      : [`${path}: imports the package ${specifier}; allowed: ${packages.join(', ')}`];
  }
  const from = folderOf(path);
  const target = join(dirname(path), specifier).replaceAll('\\', '/');
  const to = folderOf(target.replace(/\.js$/, '.ts'));
  const [fromRank, toRank] = [ranks[from] ?? -1, ranks[to] ?? Infinity];
  if (from === to || toRank < fromRank) return [];
  const direction = toRank === fromRank ? 'sideways' : 'up';
  const advice = 'A type that both need belongs in a lower folder; api.ts may re-export it.';
  return [`${path} imports ${target}: ${direction}, from ${from} (${fromRank}) to ${to} (${toRank}). ${advice}`];
}

function folderOf(path: string): string {
  const [first = '', ...rest] = path.split('/');
  if (rest.length > 0) return first;
  return entries.includes(first) ? 'entries' : 'wiring';
}

/** Static, type-only, side-effect and dynamic imports, and re-exports. */
function importsOf(code: string): string[] {
  const statements =
    /^(?:(?:import|export)\b[^'";]*\bfrom|import)\s*['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]/gm;
  return [...code.matchAll(statements)].map(([, statement, call]) => statement ?? call ?? '');
}

/** Strings are matched too, so that `'https://…'` does not count as a comment. */
function withoutComments(source: string): string {
  const parts = /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\/.*|\/\*[\s\S]*?\*\//g;
  return source.replace(parts, (_, string: string | undefined) => string ?? '');
}

function withoutStrings(code: string): string {
  return code.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''");
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'));

describe('the source keeps to the architecture', () => {
  test.each(files)('%s', (path) => {
    expect(problemsIn(path, readFileSync(join('src', path), 'utf8'))).toEqual([]);
  });
});

describe('the check itself', () => {
  const fine: [title: string, path: string, source: string][] = [
    ['down', 'delivery/lane.ts', "import { newId } from '../lib/new-id.js';"],
    ['within a folder', 'delivery/lane.ts', "import { backOff } from './back-off.js';"],
    [
      'an entry on the wiring',
      'index.ts',
      "export { createTracker } from './tracker.js';\nexport type * from './api.js';",
    ],
    ['a command on an entry', 'cli/a.ts', "import { deliver } from '../server/deliver.js';"],
    ['a node module in a command', 'cli/a.ts', "import { readFileSync } from 'node:fs';"],
    ['an allowed package', 'lib/new-id.ts', "import { nanoid } from 'nanoid';"],
    ['a comment about the page', 'queue/queue.ts', '/** Never uses window. */ // nor document\nconst a = "document";'],
    ['words that are no import', 'event/a.ts', "export const version = 'from';\nf('a date from', 'b from ' + 'c');"],
    ['an address in a string', 'event/a.ts', "const u = 'https://a.example/'; export { b } from './b.js';"],
  ];
  test.each(fine)('accepts %s', (_title, path, source) => {
    expect(problemsIn(path, source)).toEqual([]);
  });

  const wrong: [title: string, path: string, source: string, problem: string][] = [
    ['up', 'queue/queue.ts', "import { createLane } from '../delivery/lane.js';", 'up, from queue (2) to delivery (3)'],
    ['sideways', 'visitor/a.ts', "import { b } from '../queue/b.js';", 'sideways, from visitor (2) to queue (2)'],
    ['from the wiring', 'tracker.ts', "import { a } from './index.js';", 'up, from wiring (4) to entries (5)'],
    ['between entries', 'relay/a.ts', "import { b } from '../index.js';", 'sideways, from relay (5) to entries (5)'],
    ['up for a type', 'event/a.ts', "import type { Limits } from '../api.js';", 'up, from event (1) to wiring (4)'],
    ['up in a type position', 'lib/a.ts', "type A = import('../event/event.js').Json;", 'up, from lib (0)'],
    ['up on several lines', 'lib/a.ts', "import {\n  a,\n  b,\n} from '../event/b.js';", 'up, from lib (0)'],
    ['up by re-export', 'lib/a.ts', "export * from '../event/event.js';", 'up, from lib (0)'],
    ['up for side effects', 'lib/a.ts', "import '../script.js';", 'up, from lib (0)'],
    ['up when asked for', 'lib/a.ts', "const a = await import('../tracker.js');", 'up, from lib (0)'],
    ['another package', 'queue/a.ts', "import { openDB } from 'idb';", 'imports the package idb'],
    ['a node module', 'transport/a.ts', "import { request } from 'node:http';", 'imports the package node:http'],
    ['a node module on a server', 'server/a.ts', "import { readFileSync } from 'node:fs';", 'the package node:fs'],
    ['an entry on a command', 'server/a.ts', "import { b } from '../cli/b.js';", 'up, from server (5) to cli (6)'],
    ['the page in an adapter', 'adapters/a.ts', 'const url = window.location.href;', 'cannot use window'],
    ['the page in delivery', 'delivery/a.ts', "document.addEventListener('x', f);", 'cannot use document'],
    ['an unknown folder', 'stuff/a.ts', 'export {};', 'the folder stuff has no rank'],
    ['a long file', 'lib/a.ts', '// line\n'.repeat(201), '201 lines'],
    ['a drawer', 'lib/utils.ts', 'export {};', 'name the file'],
  ];
  test.each(wrong)('rejects %s', (_title, path, source, problem) => {
    expect(problemsIn(path, source)).toEqual([expect.stringContaining(problem)]);
  });
});
