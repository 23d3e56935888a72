import type { BrowserContext, CDPSession, Page } from '@playwright/test';
import type { Site } from './site.js';

/** How a sync ended: `done`, or `kept` when something is left for another one. */
export type Outcome = 'done' | 'kept';

/** The site's service worker, seen from outside. */
export interface SiteWorker {
  /** Sends a sync event as the browser would, but now, and resolves to how it ended. */
  sync(): Promise<Outcome>;
  /** How the syncs ended that the browser started itself. */
  outcomes(): Promise<readonly Outcome[]>;
}

const TAG = 'tracklet:tracklet';

/** The worker that sites are told to write, and a record of how its syncs end. */
export const workerScript = (destinations = "[lib.relay({ endpoint: '/t' })]"): string => `
  // The browser's own, and those of the test, which are told apart by their flag.
  self.outcomes = [[], []];
  const { waitUntil } = ExtendableEvent.prototype;
  ExtendableEvent.prototype.waitUntil = function (work) {
    waitUntil.call(this, work);
    if (this.type !== 'sync') return;
    const its = outcomes[Number(this.lastChance)];
    work.then(() => its.push('done'), () => its.push('kept'));
  };
  addEventListener('install', () => skipWaiting());
  lib.deliverInBackground({ destinations: ${destinations} });
`;

/** For every page: the worker is registered, and the tracker tells it. */
export const PAGE_SCRIPT = `
  navigator.serviceWorker.register('/worker.js');
  lib.registerBackgroundSync(tracker);
`;

/** Has any page left a note for the worker? */
export const isNoted = (page: Page): Promise<boolean> =>
  page.evaluate(async () => {
    const names = (await indexedDB.databases()).map((database) => database.name ?? '');
    const name = names.find((its) => its.includes('handover'));
    if (!name) return false;
    const opening = indexedDB.open(name);
    // Deleted meanwhile; it must not be us who makes it again.
    opening.onupgradeneeded = () => opening.transaction?.abort();
    const database = await new Promise<IDBDatabase | undefined>((resolve) => {
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => resolve(undefined);
    });
    if (!database) return false;
    const counting = database.transaction('queue').objectStore('queue').count();
    const count = await new Promise<number>((resolve) => {
      counting.onsuccess = () => resolve(counting.result);
    });
    database.close();
    return count > 0;
  });

/** Watches from a page of no site, which stays when all others are closed. */
export async function watchWorker(context: BrowserContext, site: Site): Promise<SiteWorker> {
  const keeper: Page = await context.newPage();
  const session: CDPSession = await context.newCDPSession(keeper);
  let registrationId = '';
  session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    for (const registration of registrations) registrationId = registration.registrationId;
  });
  await session.send('ServiceWorker.enable');
  const outcomes = async (which: 0 | 1): Promise<readonly Outcome[]> => {
    const workers = context.serviceWorkers();
    return (await workers[workers.length - 1]?.evaluate(`outcomes[${which}]`)) as readonly Outcome[];
  };
  return {
    outcomes: () => outcomes(0),
    async sync() {
      const before = (await outcomes(1)).length;
      const { origin } = site;
      await session.send('ServiceWorker.dispatchSyncEvent', { origin, registrationId, tag: TAG, lastChance: true });
      for (;;) {
        const outcome = (await outcomes(1))[before];
        if (outcome) return outcome;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}
