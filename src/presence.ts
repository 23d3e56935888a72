import type { Delivery } from './delivery/delivery.js';
import { newId } from './lib/new-id.js';
import { awaitStorage } from './lib/safe-storage.js';
import type { Departures } from './queue/departures.js';
import type { Store } from './queue/store.js';
import { hearsTooLate, losesLastRequests } from './transport/last-requests.js';

/** Whether this page is there, seen, left or closed, and what has to happen when that changes. */
export interface Presence {
  /** This page's id; another one after each return from the back/forward cache. */
  page(): string;
  isActive(): boolean;
  isLeft(): boolean;
  /** Since when this page is about to be left; epoch ms, 0 if it is not. */
  goingSince(): number;
  /** What is sent at the very end may never leave the browser. */
  mayLoseLast(): boolean;
  /** A request starts or ends: the page keeps its claims up to date. False if they could not be made to last. */
  onFlight(): boolean;
  /** The page is shown to the visitor, not only prerendered. */
  start(delivery: Delivery, signal: AbortSignal): void;
  /** The tracker is closed; what is not delivered is anyone's. */
  end(): void;
}

/** What has not ended the page after this many ms ended in a download, in nothing, or in a visitor who stays. */
const GOING_MS = 3_000;

export function createPresence(store: Store, departures: Departures, now: () => number): Presence {
  let page = newId();
  let state: 'prerendered' | 'visible' | 'hidden' | 'leaving' | 'left' | 'closed' = 'prerendered';
  let claims: Delivery['claims'] = () => ({});
  /** Where the page is being left for; an origin of '' if nobody told. */
  let going: { readonly since: number; readonly origin: string } | undefined;

  const writeDeparture = () =>
    departures.write(page, { at: now(), left: state === 'left' || state === 'closed', claims: claims() });

  const onFlight = () => {
    if (state === 'prerendered' || state === 'closed') return false;
    // Also while the page is seen: a page that is killed says no goodbye.
    if (state !== 'visible' || Object.keys(claims()).length > 0) return writeDeparture();
    departures.forget(page);
    return true;
  };

  return {
    page: () => page,
    isActive: () => state === 'visible' || state === 'hidden',
    isLeft: () => state === 'leaving' || state === 'left',
    goingSince: () => going?.since ?? 0,
    mayLoseLast: () => losesLastRequests() && !going?.origin,
    onFlight,
    start(delivery, signal) {
      claims = delivery.claims;
      state = document.hidden ? 'hidden' : 'visible';
      let timer: ReturnType<typeof setTimeout> | undefined;
      const stay = () => {
        clearTimeout(timer);
        if (!going) return;
        going = undefined;
        delivery.run();
      };
      const go = (origin: string) => {
        going = { since: now(), origin };
        clearTimeout(timer);
        timer = setTimeout(stay, GOING_MS);
      };
      globalThis.navigation?.addEventListener(
        'navigate',
        ({ destination: { sameDocument, url }, downloadRequest }) => {
          // Told in the task that asks for it, long before `pagehide`. A `mailto:` takes nobody's place.
          if (sameDocument || downloadRequest !== null || !url.startsWith('http')) return;
          go(new URL(url).origin);
        },
        { signal },
      );
      // The first that is heard of a tab that is closed. No browser keeps a page out of its back/forward cache for this.
      if (hearsTooLate()) addEventListener('beforeunload', () => going || go(''), { signal });
      // Called off, or carried out by a router within the page.
      for (const end of ['navigateerror', 'navigatesuccess'] as const) {
        globalThis.navigation?.addEventListener(end, stay, { signal });
      }
      // The page cannot be seen any more, and may never be again: on phones this is often the last that is heard of it.
      const onHidden = () => {
        if (state !== 'visible') return;
        state = 'hidden';
        store.guard(false);
        writeDeparture();
        delivery.run();
      };
      const onVisible = () => {
        if (state !== 'hidden') return;
        state = 'visible';
        onFlight();
      };
      document.addEventListener('visibilitychange', () => (document.hidden ? onHidden() : onVisible()), { signal });
      const onLeave = () => {
        state = 'leaving';
        store.guard(true);
        // Without a lasting note of what was sent, the next page would send it again.
        const isNoted = writeDeparture();
        const staysOnSite = going?.origin === location.origin;
        delivery.leave(isNoted && !staysOnSite);
        clearTimeout(timer);
        going = undefined;
        // Only now, or another tab could take what is just being sent.
        state = 'left';
        writeDeparture();
        // The process lives on where the next page is of this site.
        if (!staysOnSite) awaitStorage();
      };
      // On document it never fires.
      addEventListener('pagehide', onLeave, { signal });
      const onPageShow = ({ persisted }: PageTransitionEvent) => {
        if (!persisted) return;
        // A new page as far as ownership goes: others may have taken care of what the old one left.
        page = newId();
        state = 'visible';
        store.resume();
        delivery.run();
      };
      addEventListener('pageshow', onPageShow, { signal });
      addEventListener('online', delivery.online, { signal });
    },
    end() {
      state = 'closed';
      writeDeparture();
    },
  };
}
