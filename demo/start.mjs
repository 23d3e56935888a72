#!/usr/bin/env node
// `npm start` in a fresh clone: installs and builds what is missing, then hands over to the demo. Only Node's own
// modules may be used here, because nothing else is there yet.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages, root } from '../test/ensure.mjs';

const args = process.argv.slice(2);

if (args.includes('--help')) {
  console.log(`npm start                     the demo shop with its live view, on http://127.0.0.1:4173
npm start -- --port 8080      on another port
npm start -- --visit          a headless visitor instead of you; exit code 0 if every event arrived exactly once`);
  process.exit(0);
}

const changed = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** When the newest file below a folder was changed. */
function newest(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((latest, entry) => Math.max(latest, changed(join(entry.parentPath ?? entry.path, entry.name))), 0);
}

function run(command, commandArgs, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, commandArgs, { cwd: root, stdio: 'inherit', ...options });
    // Ctrl+C reaches the child from the terminal as well; twice does no harm. This process outlives it to report its code.
    const pass = (signal) => child.kill(signal);
    process.on('SIGINT', pass).on('SIGTERM', pass);
    child.on('error', (error) => {
      console.error(`Could not run ${command}: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code, signal) => {
      process.off('SIGINT', pass).off('SIGTERM', pass);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

try {
  ensurePackages();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const newestSource = Math.max(newest(join(root, 'src')), changed(join(root, 'rollup.config.mjs')));
if (changed(join(root, 'dist/tracklet.js')) < newestSource) {
  console.log('Building the library …');
  // On Windows npm is a script, which only a shell can start.
  const code = await run('npm', ['run', 'build'], { shell: process.platform === 'win32' });
  if (code !== 0) {
    console.error('The build failed, see above.');
    process.exit(code);
  }
}
process.exit(await run(process.execPath, ['--import', 'tsx', join(root, 'demo/main.ts'), ...args]));
