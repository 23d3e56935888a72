import type { Delivery } from './delivery/delivery.js';
import { newId } from './lib/new-id.js';
import type { Departures } from './queue/departures.js';
import type { Store } from './queue/store.js';

/** Whether this page is there, seen, left or closed, and what has to happen when that changes. */
export interface Presence {
  /** This page's id; another one after each return from the back/forward cache. */
  page(): string;
  isActive(): boolean;
  isLeft(): boolean;
  /** Since when a navigation is under way that will take this page's place; epoch ms, 0 if none is. */
  goingSince(): number;
  /** A request starts or ends: the page keeps its claims up to date. False if they could not be made to last. */
  onFlight(): boolean;
  /** The page is shown to the visitor, not only prerendered. */
  start(delivery: Delivery, signal: AbortSignal): void;
  /** The tracker is closed; what is not delivered is anyone's. */
  end(): void;
}

/** A navigation that has not taken the page's place after this many ms ended in a download, or in nothing. */
const GOING_MS = 3_000;

export function createPresence(store: Store, departures: Departures, now: () => number): Presence {
  let page = newId();
  let state: 'prerendered' | 'visible' | 'hidden' | 'leaving' | 'left' | 'closed' = 'prerendered';
  let claims: Delivery['claims'] = () => ({});
  /** Where the page is being left for. */
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
      globalThis.navigation?.addEventListener(
        'navigate',
        ({ destination: { sameDocument, url }, downloadRequest }) => {
          // Told in the task that asks for it, long before `pagehide`. A `mailto:` takes nobody's place.
          if (sameDocument || downloadRequest !== null || !url.startsWith('http')) return;
          going = { since: now(), origin: new URL(url).origin };
          clearTimeout(timer);
          timer = setTimeout(stay, GOING_MS);
        },
        { signal },
      );
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
        delivery.leave(isNoted && going?.origin !== location.origin);
        clearTimeout(timer);
        going = undefined;
        // Only now, or another tab could take what is just being sent.
        state = 'left';
        writeDeparture();
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
