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

/** Listens until the returned function is called. */
export function watchLifecycle(listeners: LifecycleListeners): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let toSameSite = false;

  const onNavigate = (event: NavigateEvent) => {
    const { destination, downloadRequest } = event;
    toSameSite =
      downloadRequest === null && !destination.sameDocument && new URL(destination.url, location.href).origin === location.origin;
  };
  // A navigation may be called off; then the page goes on, and its real end says nothing of the same site.
  const forget = () => {
    toSameSite = false;
  };

  globalThis.navigation?.addEventListener('navigate', onNavigate, { signal });
  globalThis.navigation?.addEventListener('navigateerror', forget, { signal });
  // On document it never fires.
  addEventListener('pagehide', () => listeners.onLeave(toSameSite), { signal });
  addEventListener(
    'pageshow',
    (event) => {
      forget();
      if (event.persisted) listeners.onReturn();
    },
    { signal },
  );
  document.addEventListener(
    'visibilitychange',
    () => (document.visibilityState === 'hidden' ? listeners.onHidden() : listeners.onVisible()),
    { signal },
  );
  addEventListener('online', () => listeners.onOnline(), { signal });
  return () => controller.abort();
}

/** Resolves once a prerendered page is really shown; at once for any other. */
export const whenActivated = (): Promise<void> =>
  'prerendering' in document && document.prerendering === true
    ? new Promise((resolve) => document.addEventListener('prerenderingchange', () => resolve(), { once: true }))
    : Promise.resolve();
