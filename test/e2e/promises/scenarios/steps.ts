import { ACCEPT, HANG } from '../answers.js';
import { type Tab, within } from '../engines/engine.js';
import type { Round } from '../round.js';

/** A page whose vendors have already taken something: only then does a page send while it is left. */
export async function visited(round: Round, path = '/'): Promise<Tab> {
  const tab = await round.open(path);
  await tab.run(round.tracking(1));
  await round.settled(tab);
  return tab;
}

/** Looks that find nobody, one after the other, before a tab is taken for gone: a busy one may miss some. */
const SILENT_LOOKS = 3;

/** Until nobody answers in this tab any more. */
export async function gone(round: Round, tab: Tab): Promise<void> {
  let silent = 0;
  const look = async () => {
    silent = await within(2_000, 'the tab', tab.run('return true')).then(
      () => 0,
      () => silent + 1,
    );
  };
  for (let looks = 0; silent < SILENT_LOOKS && looks < 200; looks++) await look();
  round.expect(silent === SILENT_LOOKS, 'the tab would not close');
}

/** Each vendor takes what is sent first, but its answer does not come before it is told to. */
export function withheld(round: Round): { asked(): number; now(): void } {
  const asked = new Set<string>();
  let now = () => {};
  const after = new Promise<void>((resolve) => {
    now = resolve;
  });
  round.site.collector.answer = ({ vendor }) => {
    if (asked.has(vendor)) return ACCEPT;
    asked.add(vendor);
    return { do: 'accept', after };
  };
  return { asked: () => asked.size, now: () => now() };
}

/** Tracks, and has each vendor hang for four seconds and take nothing: longer than what is on its way is presumed taken. */
export async function hung(round: Round, tab: Tab): Promise<void> {
  const { collector, vendors } = round.site;
  collector.answer = () => HANG;
  const before = collector.arrivals.length;
  await tab.run(`${round.tracking()} void lab.tracker.flush(); window.trackedAt = performance.now();`);
  await round.when('a request to each vendor', () => collector.arrivals.length >= before + vendors.length);
  await round.until(tab, 'performance.now() - trackedAt > 4_000');
}

/** A tab that keeps every later page from opening the database, until it is closed. */
export async function heldUp(round: Round): Promise<Tab> {
  const tab = await round.open('/bare/blocker');
  // A connection that will not make way and an upgrade that waits for it: every later open waits behind them.
  await tab.run(`
    const name = ${JSON.stringify(round.site.options.name)};
    const first = indexedDB.open(name, 1);
    first.onsuccess = () => {
      first.result.onversionchange = () => {};
      indexedDB.open(name, 2).onblocked = () => { window.isHeldUp = true; };
    };
  `);
  await round.until(tab, 'window.isHeldUp === true');
  return tab;
}
