// What a fresh clone lacks. Imports node's own modules only, since nothing else may be there yet.
// @ts-check
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs `npm ci` unless node_modules already holds what package-lock.json asks for. Throws when npm fails. */
export function ensurePackages() {
  if (packagesAreCurrent()) return;
  console.log('node_modules is missing or out of date: npm ci');
  // --include=dev: the tools are needed also where NODE_ENV is production.
  if (!succeeds('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'])) throw new Error('npm ci failed, see above');
}

/**
 * The path of a Chromium or Chrome: TRACKLET_CHROMIUM, Playwright's own, one on PATH, or Debian's package, installed now.
 * Throws with what to do when there is none.
 * @returns {Promise<string>}
 */
export async function ensureBrowser() {
  const found = await findBrowser();
  if (found) return found;
  install('browser', 'chromium');
  const installed = await findBrowser();
  if (installed) return installed;
  throw new Error(
    'No Chromium found. Install one of: `npx playwright install chromium`, `apt-get install chromium` (Debian), ' +
      'Google Chrome; or set TRACKLET_CHROMIUM to the path of its executable.',
  );
}

/**
 * The path of a Firefox: TRACKLET_FIREFOX, one on PATH, or Debian's package, installed now. Undefined when there is none.
 * @returns {string | undefined}
 */
export function ensureFirefox() {
  return foundOrInstalled(
    () => process.env.TRACKLET_FIREFOX ?? ['firefox-esr', 'firefox'].map(onPath).find(Boolean),
    'Firefox',
    'firefox-esr',
  );
}

/**
 * The path of WebKitGTK's MiniBrowser, which also needs Xvfb: TRACKLET_WEBKIT, or Debian's packages, installed now.
 * Undefined when there is none.
 * @returns {string | undefined}
 */
export function ensureWebkit() {
  return foundOrInstalled(
    () => (onPath('Xvfb') ? (process.env.TRACKLET_WEBKIT ?? findMiniBrowser()) : undefined),
    'WebKit',
    'libwebkit2gtk-4.1-0',
    'xvfb',
  );
}

/** It is on no PATH; the folder is named after the machine's kind. */
function findMiniBrowser() {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib') : [];
  return ['', ...folders].map((its) => join('/usr/lib', its, 'webkit2gtk-4.1', 'MiniBrowser')).find(existsSync);
}

/**
 * @param {() => string | undefined} find
 * @param {string} what
 * @param {string[]} packages
 */
function foundOrInstalled(find, what, ...packages) {
  const found = find();
  if (found) return found;
  install(what, ...packages);
  return find();
}

/**
 * @param {string} what
 * @param {string[]} packages
 */
function install(what, ...packages) {
  if (process.getuid?.() !== 0 || !onPath('apt-get')) return;
  console.log(`no ${what} found: apt-get install ${packages.join(' ')}`);
  const options = { DEBIAN_FRONTEND: 'noninteractive' };
  succeeds('apt-get', ['update', '-qq'], options);
  succeeds('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
}

/** @returns {Promise<string | undefined>} */
async function findBrowser() {
  const named = process.env.TRACKLET_CHROMIUM;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`TRACKLET_CHROMIUM names a file that does not exist: ${named}`);
  }
  const { chromium } = await import('@playwright/test');
  const own = chromium.executablePath();
  if (own && existsSync(own)) return own;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
  return names.map(onPath).find(Boolean);
}

/** Compares contents, not file times: a checkout or a copy changes times and nothing else. */
function packagesAreCurrent() {
  try {
    const wanted = readLock(join(root, 'package-lock.json'));
    const present = readLock(join(root, 'node_modules', '.package-lock.json'));
    return Object.entries(wanted).every(
      // Optional packages are those of other operating systems; the first entry is this package itself.
      ([path, entry]) => path === '' || entry.optional || present[path]?.version === entry.version,
    );
  } catch {
    return false;
  }
}

/**
 * @param {string} path
 * @returns {Record<string, { version: string, optional?: boolean }>}
 */
function readLock(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/**
 * @param {string} name
 * @returns {string | undefined}
 */
function onPath(name) {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} env
 */
function succeeds(command, args, env = {}) {
  const shell = process.platform === 'win32'; // npm is a .cmd file there
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', shell, env: { ...process.env, ...env } }).status === 0;
}
