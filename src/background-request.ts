import type { Tracker, TrackerOptions } from './api.js';
import { whenNo } from './capture/when-no.js';
import { createSafeStorage } from './lib/safe-storage.js';
import { createDepartures } from './queue/departures.js';
import { createHandoverWriter } from './queue/handover.js';
import { createJournal } from './queue/journal.js';

/** Not in TypeScript's library: only Chromium has it. */
interface SyncRegistration extends ServiceWorkerRegistration {
  readonly sync: { register(tag: string): Promise<void> };
}

/** The tag of the sync that a page asks for and a worker waits for. */
export const syncTag = (name: string): string => `tracklet:${name}`;

/**
 * Keeps the note for the worker up to date, and asks the browser for a sync when events wait for a network or a vendor.
 * Listens behind the tracker, which writes down what the note repeats.
 */
export function requestBackgroundDelivery(
  tracker: Pick<Tracker, 'on'>,
  { name = 'tracklet', storage = createSafeStorage() }: Pick<TrackerOptions, 'name' | 'storage'>,
): void {
  const prefix = `${name}:`;
  const handover = createHandoverWriter(
    name,
    createDepartures(storage, prefix),
    createJournal(storage, prefix),
    Date.now,
  );
  const watching = new AbortController();
  const { signal } = watching;
  /** Destinations for which events wait. */
  const waiting = new Set<string>();
  let registration: SyncRegistration | undefined;
  navigator.serviceWorker.ready.then((ready) => {
    registration = ready as SyncRegistration;
    if (waiting.size > 0) ask();
  });

  // Refused where the visitor has switched it off; then the next page delivers, as ever.
  const ask = () => void registration?.sync.register(syncTag(name)).catch(() => undefined);

  const wait = (destination: string) => {
    if (waiting.has(destination)) return;
    waiting.add(destination);
    ask();
  };

  const start = () => {
    tracker.on('queued', ({ destination }) => {
      handover.want();
      if (!navigator.onLine) wait(destination);
    });
    tracker.on('sending', () => {
      handover.want();
      // Once for all that is sent as the page goes away.
      queueMicrotask(handover.write);
    });
    // Claims are only given up once the lane is done with the answer.
    tracker.on('dropped', () => void setTimeout(handover.write));
    tracker.on('delivered', ({ destination }) => {
      waiting.delete(destination);
      setTimeout(handover.write);
    });
    tracker.on('retry', ({ destination }) => {
      setTimeout(() => {
        handover.write();
        wait(destination);
      });
    });

    const leave = () => {
      handover.write();
      if (waiting.size > 0) ask();
    };
    addEventListener('pagehide', leave, { signal });
    // What is heard between `pagehide` and here changes the claims of a page that may come back.
    document.addEventListener('freeze', handover.write, { signal });
    document.addEventListener('visibilitychange', () => (document.hidden ? leave() : handover.write()), { signal });

    // What an earlier page left may be on its way soon.
    handover.open();
  };
  whenNo('prerendering', start, signal);
  tracker.on('closed', () => {
    watching.abort();
    handover.close();
  });
}
