import { createTracker, type Tracker, type TrackerOptions } from 'tracklet';
import { relay } from 'tracklet/adapters/relay';

/** What a page of the lab is told when it starts. */
export interface Start {
  readonly options: Omit<TrackerOptions, 'destinations'>;
  readonly vendors: readonly Vendor[];
  /** Where the collector is: a frame without an origin has no other way to find it. */
  readonly origin: string;
}

export interface Vendor {
  readonly name: string;
  /** A vendor that keeps one of several equal ids; the other counts each. */
  readonly deduplicates: boolean;
  /** Elsewhere than at the collector. */
  readonly endpoint?: string;
}

/** The page's side of the lab, global as `lab`. */
export interface PageLab {
  start(start: Start): void;
  readonly tracker: Tracker;
  /** Tracks the numbered events, both ends included. */
  track(from: number, to: number): void;
  /** Events that are neither delivered nor given up, over all vendors. */
  waiting(): Promise<number>;
  waitingAt(...vendors: readonly string[]): Promise<number>;
  dropped(): Promise<Record<string, Record<string, number>>>;
  /** Asks the site and waits in this very task; the answer may never come. */
  askNow(path: string): void;
  /** What the tracker told, by name. */
  readonly told: Record<string, number>;
}

declare global {
  var lab: PageLab;
}

let tracker: Tracker | undefined;
const started = (): Tracker => {
  if (!tracker) throw new Error('the lab has not started on this page');
  return tracker;
};
const told: Record<string, number> = {};

const journaled = (): number => {
  try {
    return Object.keys(localStorage).filter((key) => key.includes(':journal:')).length;
  } catch {
    // Blocked: then there is no journal.
    return 0;
  }
};

globalThis.lab = {
  told,
  get tracker() {
    return started();
  },
  start({ options, vendors, origin }) {
    const destinations = vendors.map(({ name, deduplicates, endpoint }) =>
      relay({ name, deduplicates, endpoint: endpoint ?? `${origin}/t/${name}` }),
    );
    tracker = createTracker({ ...options, destinations });
    for (const name of ['degraded', 'paused', 'dropped', 'retry'] as const) {
      tracker.on(name, () => {
        told[name] = (told[name] ?? 0) + 1;
      });
    }
  },
  track(from, to) {
    for (let n = from; n <= to; n++) started().track('Lab', { n });
  },
  waiting: () => lab.waitingAt(),
  async waitingAt(...vendors) {
    const { destinations } = await started().stats();
    return (
      Object.entries(destinations)
        .filter(([name]) => vendors.length === 0 || vendors.includes(name))
        // What a killed page left in its journal is counted once it is taken over.
        .reduce((sum, [, { waiting, held }]) => sum + waiting + held, journaled())
    );
  },
  async dropped() {
    const { destinations, dropped } = await started().stats();
    const byVendor = Object.entries(destinations).map(([name, its]) => [name, its.dropped] as const);
    return Object.fromEntries([['', dropped], ...byVendor]);
  },
  askNow(path) {
    const request = new XMLHttpRequest();
    request.open('GET', path, false);
    request.send();
  },
};

const tell = (trouble: unknown) => navigator.sendBeacon('/trouble', String(trouble));
addEventListener('error', ({ message }) => tell(message));
addEventListener('unhandledrejection', ({ reason }) => tell(reason));
const { error } = console;
console.error = (...words: unknown[]) => {
  if (String(words[0]).includes('tracklet')) tell(words.join(' '));
  error(...words);
};
