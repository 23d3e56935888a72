import type { Tracker, TrackerOptions } from './api.js';
import { deliverHandedOver } from './background-delivery.js';
import { requestBackgroundDelivery, syncTag } from './background-request.js';
import type { Lock } from './delivery/lock.js';
import { resolveOptions } from './options.js';

export type { Tracker, TrackerOptions } from './api.js';

/** What TypeScript's page library does not know of a service worker. */
interface SyncEvent extends Event {
  readonly tag: string;
  waitUntil(work: Promise<void>): void;
}
interface Worker {
  readonly clients: { matchAll(options: { type: 'window'; includeUncontrolled: true }): Promise<readonly unknown[]> };
}

/** Where there is Background Sync there are Web Locks. */
const lock: Lock = (name, signal, work) => navigator.locks.request(name, { signal }, () => work(() => true));

/**
 * In the page: events that wait when the last page of the site is closed leave once the network is back, without
 * anybody opening a page. Needs a service worker of the site that calls `deliverInBackground()`, and has to be called on
 * every page that tracks under this name; the tracker's `close()` undoes it. Does nothing where the browser has no Background Sync (Firefox, Safari):
 * there, and for what a worker must not touch, the next page delivers.
 *
 * @param options those given to `createTracker()`, of which `name` and `storage` count.
 * @example
 * registerBackgroundSync(createTracker(options), options);
 */
export function registerBackgroundSync(
  tracker: Pick<Tracker, 'on'>,
  options: Pick<TrackerOptions, 'name' | 'storage'> = {},
): void {
  if ('SyncManager' in globalThis && hasServiceWorkers()) requestBackgroundDelivery(tracker, options);
}

function hasServiceWorkers(): boolean {
  try {
    return Boolean(navigator.serviceWorker);
  } catch {
    // In a sandboxed frame, which has none, merely asking throws.
    return false;
  }
}

/**
 * In the site's service worker, while its script is first run: delivers what pages have left in the queue whenever the
 * browser says that the network is back, and only while no page of the site is open. The sync fails, so that the browser
 * tries again some minutes later, when something is left that may be sent then.
 *
 * @param options those of the pages' `createTracker()`, of which `destinations`, `name`, `timeoutMs` and `limits` count.
 * A destination that is missing here is left to the pages.
 * @throws TypeError that names the option, the rule and the fix, when an option is wrong.
 * @example
 * deliverInBackground({ destinations: [klaviyo({ companyId: 'ABC123' })] });
 */
export function deliverInBackground(options: TrackerOptions): void {
  const { name } = resolveOptions(options);
  const { clients } = globalThis as unknown as Worker;
  const hasPages = async () => (await clients.matchAll({ type: 'window', includeUncontrolled: true })).length > 0;
  globalThis.addEventListener('sync', (event) => {
    const sync = event as SyncEvent;
    if (sync.tag !== syncTag(name)) return;
    sync.waitUntil(deliverHandedOver(options, { hasPages, lock, now: Date.now, random: Math.random }));
  });
}
