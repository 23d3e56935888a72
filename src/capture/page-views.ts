import type { EventPage } from '../event/event.js';

/** How page views are noticed. */
export type PageViewMode = 'auto' | 'hash';

/** Where a view happened, read when the address changed. */
export type Address = Pick<EventPage, 'url' | 'path'>;

/**
 * Calls `onView` for this page and for each change of address within it, until `signal` is aborted. `auto` compares
 * path and query, `hash` the fragment too.
 */
export function watchPageViews(mode: PageViewMode, onView: (address: Address) => void, signal: AbortSignal): void {
  const compared = () => location.pathname + location.search + (mode === 'hash' ? location.hash : '');
  const here = (): Address => ({ url: location.href, path: location.pathname });
  let seen = compared();
  let pending: Address | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const settle = () => {
    clearTimeout(timer);
    if (pending) onView(pending);
    pending = undefined;
  };
  /** Routers change the address first and the title after, so a view waits for the task to end, or for the page to. */
  const notice = () => {
    if (signal.aborted || compared() === seen) return;
    settle();
    seen = compared();
    pending = here();
    timer = setTimeout(settle, 0);
  };

  if (globalThis.navigation) navigation.addEventListener('currententrychange', notice, { signal });
  else patchHistory(notice, signal);
  addEventListener('popstate', notice, { signal });
  addEventListener('hashchange', notice, { signal });
  addEventListener('pagehide', settle, { signal, capture: true });
  // Shown again from the back/forward cache: the visitor sees it a second time.
  addEventListener('pageshow', ({ persisted }) => persisted && onView(here()), { signal });
  onView(here());
}

/** For browsers without the Navigation API (Safari before 26.2, Firefox before 147). */
function patchHistory(notice: () => void, signal: AbortSignal): void {
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    const patched = function patched(this: History, ...args: Parameters<History['pushState']>) {
      original.apply(this, args);
      notice();
    };
    history[name] = patched;
    signal.addEventListener('abort', () => {
      // Someone may have patched after us; then theirs stays, and ours falls silent.
      if (history[name] === patched) history[name] = original;
    });
  }
}
