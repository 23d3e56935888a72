import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Program and arguments, with blanks in between. */
  readonly command: string;
  /** CPU time it has used in the page's own code, in clock ticks. */
  readonly ticks: number;
}

/** All that run below one process, it included. From `/proc`, so on Linux only. */
export function processesBelow(root: number): Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(readProcess);
  const below = new Set([root]);
  // Children have not always higher numbers than their parents, so until nothing is added.
  for (let size = 0; size !== below.size; ) {
    size = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  return all.filter(({ pid }) => below.has(pid));
}

function readProcess(name: string): Process[] {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    // The program's name, in brackets, may hold blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return [{ pid: Number(name), parent: Number(fields[1]), command, ticks: Number(fields[11]) }];
  } catch {
    return []; // It has ended meanwhile.
  }
}

/** Ends a child that leads a process group, and everything it started. */
export async function killGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (!pid) return;
  // Browsers move some of their processes out of the group, so these are looked up first.
  const all = processesBelow(pid);
  signal(-pid);
  for (const { pid: each } of all) signal(each);
  if (child.exitCode === null && child.signalCode === null) {
    await new Promise((resolve) => child.once('exit', resolve));
  }
}

export function signal(pid: number, what: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' = 'SIGKILL'): void {
  try {
    process.kill(pid, what);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The process in which a page runs: the one that works hardest while the page does nothing but work. */
export async function busiestOf(root: number, kind: RegExp, run: (code: string) => Promise<unknown>): Promise<number> {
  const ofKind = () => processesBelow(root).filter(({ command }) => kind.test(command));
  const before = new Map(ofKind().map(({ pid, ticks }) => [pid, ticks]));
  for (let attempt = 1; attempt <= 10; attempt++) {
    await run('const end = performance.now() + 300; while (performance.now() < end);');
    const work = ofKind().map(({ pid, ticks }) => ({ pid, ticks: ticks - (before.get(pid) ?? 0) }));
    const [first, second] = work.sort((a, b) => b.ticks - a.ticks);
    if (first && first.ticks > 20 && first.ticks > 3 * (second?.ticks ?? 0)) return first.pid;
  }
  throw new Error('cannot tell which process the page is in');
}
