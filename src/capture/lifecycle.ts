/** What happens to the page, as the tracker needs to know it. */
export interface LifecycleListeners {
  /** The page cannot be seen any more, and may never be again: on phones this is often the last that is heard of it. */
  onHidden(): void;
  onVisible(): void;
  /** The page is being left. `toSameSite` when the browser said that the next page is of the same origin. */
  onLeave(toSameSite: boolean): void;
  /** The page is back from the back/forward cache. */
  onReturn(): void;
  onOnline(): void;
}

/** Listens until `signal` is aborted. */
export function watchLifecycle(listeners: LifecycleListeners, signal: AbortSignal): void {
  let toSameSite = false;
  // A navigation that is called off ends in an error or is followed by another; then the page's real end says nothing.
  globalThis.navigation?.addEventListener(
    'navigate',
    ({ destination, downloadRequest }) => {
      toSameSite = downloadRequest === null && new URL(destination.url).origin === location.origin;
    },
    { signal },
  );
  globalThis.navigation?.addEventListener('navigateerror', () => (toSameSite = false), { signal });
  // On document it never fires.
  addEventListener('pagehide', () => listeners.onLeave(toSameSite), { signal });
  addEventListener('pageshow', ({ persisted }) => persisted && listeners.onReturn(), { signal });
  document.addEventListener(
    'visibilitychange',
    () => (document.hidden ? listeners.onHidden() : listeners.onVisible()),
    {
      signal,
    },
  );
  addEventListener('online', () => listeners.onOnline(), { signal });
}

/** Calls back once the page is really shown: at once, or when a prerendered page is activated. */
export function whenActivated(callback: () => void): void {
  if ('prerendering' in document && document.prerendering) {
    document.addEventListener('prerenderingchange', callback, { once: true });
  } else {
    callback();
  }
}
