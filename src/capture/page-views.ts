import type { EventPage } from '../event/event.js';

/** How page views are noticed. */
export type PageViewMode = 'auto' | 'hash';

/** Where a view happened, read when the address changed. */
export type Address = Pick<EventPage, 'url' | 'path'>;

/**
 * Calls `onView` for this page and for each change of address within it, until the returned function is called. `auto`
 * compares path and query, `hash` the fragment too.
 */
export function watchPageViews(mode: PageViewMode, onView: (address: Address) => void): () => void {
  const controller = new AbortController();
  const { signal } = controller;
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
    if (compared() === seen) return;
    settle();
    seen = compared();
    pending = here();
    timer = setTimeout(settle, 0);
  };

  const unpatch = globalThis.navigation ? watchNavigation(notice, signal) : patchHistory(notice);
  addEventListener('popstate', notice, { signal });
  if (mode === 'hash') addEventListener('hashchange', notice, { signal });
  addEventListener('pagehide', settle, { signal, capture: true });
  addEventListener(
    'pageshow',
    (event) => {
      // Shown again from the back/forward cache: the visitor sees it a second time.
      if (event.persisted) onView(here());
    },
    { signal },
  );
  onView(here());

  return () => {
    clearTimeout(timer);
    controller.abort();
    unpatch();
  };
}

function watchNavigation(notice: () => void, signal: AbortSignal): () => void {
  navigation.addEventListener('currententrychange', notice, { signal });
  return () => {};
}

/** For browsers without the Navigation API (Safari before 26.2, Firefox before 147). */
function patchHistory(notice: () => void): () => void {
  const undo = (['pushState', 'replaceState'] as const).map((name) => {
    const original = history[name];
    let active = true;
    const patched: History['pushState'] = function patched(this: History, ...args) {
      original.apply(this, args);
      if (active) notice();
    };
    history[name] = patched;
    return () => {
      // Someone may have patched after us; then only our part is switched off, and theirs stays.
      active = false;
      if (history[name] === patched) history[name] = original;
    };
  });
  return () => {
    for (const step of undo) step();
  };
}
