import { type ChildProcess, spawn } from 'node:child_process';
import { within } from './engine.js';
import { killGroup } from './processes.js';

export interface Display {
  /** For the environment: `:7`. */
  readonly name: string;
  close(): Promise<void>;
}

/** A screen that nobody sees: WebKitGTK has no mode without one. */
export async function startDisplay(): Promise<Display> {
  const args = ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'];
  const child: ChildProcess = spawn('Xvfb', args, { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const number = new Promise<string>((resolve, reject) => {
    child.stdio[3]?.once('data', (data) => resolve(String(data).trim()));
    child.once('error', reject);
    child.once('exit', () => reject(new Error('Xvfb ended')));
  });
  return { name: `:${await within(20_000, 'a display', number)}`, close: () => killGroup(child) };
}
