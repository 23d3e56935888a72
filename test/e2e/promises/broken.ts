import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Breaks the code of one promise at a time, in a copy of the sources, and expects the lab to see it:
 * `tsx test/e2e/promises/broken.ts [name …]`. A patch that no longer applies is a failure too.
 */
interface Break {
  readonly name: string;
  readonly patches: readonly { readonly file: string; readonly from: string | RegExp; readonly to: string }[];
  /** One of these has to turn red. */
  readonly scenarios: string;
}

const NO_JOURNAL = {
  file: 'queue/journal.ts',
  from: /if \(!id \|\| written\.size >= MAX_ENTRIES\) return;/,
  to: 'return;',
};

const BREAKS: readonly Break[] = [
  {
    // Each of the two covers for the other where only the page's process dies.
    name: 'no commit, nor journal',
    patches: [NO_JOURNAL, { file: 'queue/store.ts', from: 'transaction.commit();', to: '' }],
    scenarios: 'kill-renderer',
  },
  {
    name: 'acknowledged before the answer',
    patches: [
      {
        file: 'delivery/dispatch.ts',
        from: /const answer = await send\(/,
        to: 'act(parcel, batch, { status: 200, header: () => null, body: undefined } as never);\n      const answer = await send(',
      },
    ],
    scenarios: 'reset-before,errors-500',
  },
  {
    name: 'no claims',
    patches: [{ file: 'queue/departures.ts', from: /if \(claimant === page \|\| .*\) continue;/, to: 'continue;' }],
    scenarios: 'close-in-flight,kill-in-flight',
  },
  {
    name: 'no lock',
    patches: [
      {
        file: 'delivery/lock.ts',
        from: /if \(locks\) \{/,
        to: 'if (locks) return await work(() => !signal.aborted);\n      if (locks) {',
      },
    ],
    scenarios: 'two-tabs,ten-tabs',
  },
  {
    name: 'no journal',
    patches: [NO_JOURNAL],
    scenarios: 'before-open',
  },
  {
    name: 'no wait for localStorage',
    patches: [{ file: 'presence.ts', from: 'if (!staysOnSite) awaitStorage();', to: '' }],
    scenarios: 'close-stalled,close-stalled-sending',
  },
  {
    name: 'no persisted not-before',
    patches: [{ file: 'delivery/reaction.ts', from: /queue\.remember\(name, state\);/, to: '' }],
    scenarios: 'retry-after-seconds',
  },
];

const root = fileURLToPath(new URL('../../..', import.meta.url));
const wanted = process.argv.slice(2);
const unseen: string[] = [];
for (const its of BREAKS) {
  if (wanted.length && !wanted.includes(its.name)) continue;
  const folder = mkdtempSync(join(tmpdir(), 'lab-broken-'));
  cpSync(join(root, 'src'), join(folder, 'src'), { recursive: true });
  // The copy finds the two dependencies as the original does.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const stale = its.patches.filter(({ file, from, to }) => {
    const path = join(folder, 'src', file);
    const before = readFileSync(path, 'utf8');
    const after = before.replace(from, to);
    writeFileSync(path, after);
    return after === before;
  });
  if (stale.length > 0) {
    unseen.push(`${its.name}: the patch no longer applies to ${stale.map(({ file }) => file).join(', ')}`);
  } else {
    const lab = join(dirname(fileURLToPath(import.meta.url)), 'lab.ts');
    const args = ['--engine', 'chromium', '--rounds', '3', '--browsers', '3', '--patience', '20'];
    const options = ['--scenario', its.scenarios, '--sources', join(folder, 'src')];
    const { status, stdout } = spawnSync('tsx', [lab, ...args, ...options], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}` },
      timeout: 600_000,
    });
    const red = [...new Set([...stdout.matchAll(/^(\S+) .*\bbroken\b/gm)].map(([, name]) => name))];
    console.log(`${its.name}: ${red.length ? `red in ${red.join(', ')}` : `NOT SEEN (exit ${status})\n${stdout}`}`);
    if (red.length === 0) unseen.push(its.name);
  }
  rmSync(folder, { recursive: true, force: true });
}
for (const its of unseen) console.error(`not seen: ${its}`);
process.exit(unseen.length ? 1 : 0);
