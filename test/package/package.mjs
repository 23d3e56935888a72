// What npm would publish, checked as users get it: packed, unpacked, and every subpath imported.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const publicNames = (subpath) => {
  if (subpath === '.') return ['createTracker'];
  if (subpath === './server') {
    const vendors = ['airship', 'capillary', 'embeddables', 'gainsight', 'klaviyo'].map((vendor) => `${vendor}Server`);
    return [
      ...vendors,
      'CredentialRefused',
      'createServerDestination',
      'createToken',
      'defineCapillaryEvents',
      'deliver',
    ].sort();
  }
  if (subpath === './adapters/klaviyo-map') return ['klaviyoMap'];
  if (subpath === './debug') return ['tellRepairs'];
  if (subpath === './storage') return ['cookieStorage', 'memoryStorage'];
  if (subpath === './consent/tcf') return ['followTcf'];
  if (subpath === './consent/google') return ['followGoogleConsent'];
  if (subpath === './background-sync') return ['deliverInBackground', 'registerBackgroundSync'];
  if (subpath === './snippet') return ['snippet', 'stub'];
  // ./auto/outbound-links is trackOutboundLinks.
  if (subpath.startsWith('./auto/'))
    return [subpath.slice(6).replace(/[/-](.)/g, (_, letter) => letter.toUpperCase())].map((name) => `track${name}`);
  return [subpath.replace(/^\.\/(adapters\/)?/, '')];
};

const out = 'test-results/package';
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const packed = run('npm', 'pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', out);
const [{ filename, files }] = JSON.parse(packed);
const tarball = join(out, filename);
run('tar', '-xzf', tarball, '-C', out);
const root = resolve(out, 'package');
const { exports: subpaths, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

await check('only what belongs is packed', () => {
  const allowed = /^(dist\/.+\.(js|d\.ts|js\.map)|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
  const strays = files.map(({ path }) => path).filter((path) => !allowed.test(path));
  if (strays.length > 0) throw new Error(`not meant to be published: ${strays.join(', ')}`);
});

await check('publint finds nothing', () => run('node_modules/.bin/publint', 'run', tarball, '--strict'));

// The flag keeps attw from asking the registry for @types/tracklet: our types are in the package.
await check('types resolve for bundlers and for node', () =>
  run('node_modules/.bin/attw', tarball, '--profile', 'esm-only', '--no-definitely-typed', '--no-emoji'),
);

for (const [subpath, target] of Object.entries(subpaths)) {
  if (typeof target === 'string') continue;
  await check(`${subpath} is there, with types`, () => {
    const missing = Object.values(target).filter((path) => !existsSync(join(root, path)));
    if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}`);
  });
  if (subpath === './tracklet.js') continue; // a script for pages, not a module
  await check(`${subpath} loads without a page, and exports what it shall`, async () => {
    const names = Object.keys(await import(pathToFileURL(join(root, target.default)).href)).join(', ');
    const expected = publicNames(subpath).join(', ');
    if (names !== expected) throw new Error(`exports ${names}, not ${expected}`);
  });
}

for (const [command, path] of Object.entries(bin)) {
  await check(`npx ${command} explains itself`, () => {
    const help = run('node', join(root, path), '--help');
    if (!help.startsWith(`Usage: npx ${command}`)) throw new Error(`--help says ${help.slice(0, 80)}`);
  });
}

async function check(title, body) {
  try {
    await body();
    console.log(`ok      ${title}`);
  } catch (error) {
    console.log(`failed  ${title}\n${error.stdout ?? ''}${error.message}`);
    process.exitCode = 1;
  }
}

function run(command, ...args) {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
