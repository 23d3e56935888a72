import { watchLifecycle } from './capture/lifecycle.js';
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
  /** A request starts or ends: a page that is hidden or left keeps its claims up to date. */
  onFlight(): void;
  /** The page is shown to the visitor, not only prerendered. */
  start(delivery: Delivery, signal: AbortSignal): void;
  /** The tracker is closed; what is not delivered is anyone's. */
  end(): void;
}

export function createPresence(store: Store, departures: Departures, now: () => number): Presence {
  let page = newId();
  let state: 'prerendered' | 'visible' | 'hidden' | 'left' | 'closed' = 'prerendered';
  let claims: Delivery['claims'] = () => ({});

  const writeDeparture = () => departures.write(page, { at: now(), left: state !== 'hidden', claims: claims() });

  return {
    page: () => page,
    isActive: () => state === 'visible' || state === 'hidden',
    isLeft: () => state === 'left',
    onFlight() {
      if (state === 'hidden' || state === 'left') writeDeparture();
    },
    start(delivery, signal) {
      claims = delivery.claims;
      state = document.hidden ? 'hidden' : 'visible';
      watchLifecycle(
        {
          onHidden() {
            if (state !== 'visible') return;
            state = 'hidden';
            store.guard(false);
            writeDeparture();
            delivery.run();
          },
          onVisible() {
            if (state !== 'hidden') return;
            state = 'visible';
            departures.forget(page);
          },
          onLeave(toSameSite) {
            state = 'left';
            store.guard(true);
            // Without a lasting note of what was sent, the next page would send it again.
            const isNoted = writeDeparture();
            delivery.leave(isNoted && !toSameSite);
          },
          onReturn() {
            // A new page as far as ownership goes: others may have taken care of what the old one left.
            page = newId();
            state = 'visible';
            store.resume();
            delivery.run();
          },
          onOnline: delivery.online,
        },
        signal,
      );
    },
    end() {
      state = 'closed';
      writeDeparture();
    },
  };
}
