import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Engine, LaunchOptions, Tab } from './engines/engine.js';
import type { Site } from './site.js';

const LOOK_AGAIN_MS = 60;

/** What a scenario works with: one origin, one visitor, some browser. */
export interface Round {
  readonly engine: Engine;
  readonly site: Site;
  /** Events that this round shall track, or track per burst where it has several. */
  readonly events: number;
  /** Numbers of all events that were tracked, so far as `tracking()` was called. */
  readonly sent: () => number;
  /** What was wrong besides lost and doubled events, in words. */
  readonly faults: string[];
  /** Notes for the result file. */
  readonly notes: Record<string, number>;
  /** Code that tracks the next `count` events; they are expected to arrive from here on. */
  tracking(count?: number): string;
  open(path?: string): Promise<Tab>;
  /** The same visitor starts the browser again; `kill` says that it did not end by itself. */
  restart(how: 'kill' | 'end' | 'was killed'): Promise<void>;
  kill(): Promise<void>;
  /** Runs code after which the page is gone. */
  leave(tab: Tab, code: string): Promise<void>;
  /** Until the code in the page says something true; what goes wrong meanwhile, such as a navigation, does not matter. */
  until(tab: Tab, code: string, patienceMs?: number): Promise<unknown>;
  /** Until something here is true. */
  when(what: string, isTrue: () => boolean, patienceMs?: number): Promise<void>;
  /** Until nothing waits any more in the page's tracker. */
  settled(tab: Tab, patienceMs?: number): Promise<void>;
  expect(isSo: boolean, otherwise: string): void;
}

/** A browser that rounds can use one after the other, started when needed, and anew when it was killed or hangs. */
export interface BrowserSlot {
  get(options?: Omit<LaunchOptions, 'profile'>): Promise<Browser>;
  restart(how: 'kill' | 'end' | 'was killed'): Promise<void>;
  /** Forgets the browser and its profile. */
  discard(): Promise<void>;
}

export function createSlot(engine: Engine): BrowserSlot {
  let profile: string | undefined;
  let browser: Browser | undefined;
  let isBlocked = false;
  const slot: BrowserSlot = {
    async get({ storageBlocked = false } = {}) {
      if (browser && isBlocked !== storageBlocked) await slot.discard();
      profile ??= mkdtempSync(join(tmpdir(), `lab-${engine.name}-`));
      isBlocked = storageBlocked;
      const options = { profile, storageBlocked };
      // The driver of one that was killed may still be tidying the profile up.
      browser ??= await engine.launch(options).catch(() => engine.launch(options));
      return browser;
    },
    async restart(how) {
      const old = browser;
      browser = undefined;
      await (how === 'end' ? old?.end() : old?.kill());
    },
    async discard() {
      await browser?.kill();
      if (profile) rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
      browser = profile = undefined;
    },
  };
  return slot;
}

export function createRound(
  engine: Engine,
  slot: BrowserSlot,
  site: Site,
  events: number,
  patience: number,
  launch = {},
): Round {
  let last = 0;
  const faults: string[] = [];
  const round: Round = {
    engine,
    site,
    events,
    faults,
    notes: {},
    sent: () => last,
    tracking(count = events) {
      const first = last + 1;
      last += count;
      return `lab.track(${first}, ${last});`;
    },
    open: async (path = '/') => (await slot.get(launch)).open(site.origin + path),
    async restart(how) {
      await slot.restart(how);
      await slot.get(launch);
    },
    kill: () => slot.restart('kill'),
    async leave(tab, code) {
      await tab.run(code).catch(() => 'the page is gone, as it should be');
    },
    async until(tab, code, patienceMs = patience) {
      let outcome: unknown;
      const deadline = Date.now() + patienceMs;
      while (Date.now() < deadline) {
        outcome = await tab.run(`return ${code}`).catch(String);
        if (outcome && typeof outcome !== 'string') return outcome;
        await pause();
      }
      throw new Error(`waited ${patienceMs / 1_000} s for ${code}; last: ${JSON.stringify(outcome)}`);
    },
    async when(what, isTrue, patienceMs = patience) {
      const deadline = Date.now() + patienceMs;
      while (!isTrue()) {
        if (Date.now() > deadline) throw new Error(`waited ${patienceMs / 1_000} s for ${what}`);
        await pause();
      }
    },
    settled: async (tab, patienceMs) => void (await round.until(tab, 'lab.waiting().then((n) => n === 0)', patienceMs)),
    expect(isSo, otherwise) {
      if (!isSo) faults.push(otherwise);
    },
  };
  return round;
}

/** Between two looks at a condition. */
const pause = () => new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
