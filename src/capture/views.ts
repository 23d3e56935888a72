import type { EventPage } from '../event/event.js';
import { newId } from '../lib/new-id.js';
import { watchAddress } from './address.js';
import { readPage } from './page-context.js';

/** What of the address makes a view: `path` its path, `auto` the query too, `hash` also the fragment. */
export type ViewMode = 'auto' | 'path' | 'hash';

/**
 * How long a view is young, in ms. So long it waits for its title, which comes with the route and its data, unless
 * something else ends it, as `load` does for the page itself; a redirect moves it; and who announces it again (React's
 * strict mode, a second router) says nothing new.
 */
const YOUNG_MS = 1_000;

/** Which view of the page events belong to. */
export interface Views {
  /** The page as it is at this moment, and its view. */
  page(): EventPage;
  /** Counts a view at `time` and returns its page; undefined when the page event before it said the same. */
  count(said: string, time: number): EventPage | undefined;
  /** The page is left or not watched any more: its view is over, though what the page still says belongs to it. */
  end(): void;
  /**
   * Tells `onView` of this page and of each change of address within it, with the time and the query that led there,
   * until `signal` is aborted.
   */
  watch(mode: ViewMode, now: () => number, onView: (time: number, search: string) => void, signal: AbortSignal): void;
}

/** `onEnd` is called while the view that ends is still the current one, wherever the address has gone. */
export function createViews(onEnd: (page: EventPage) => void): Views {
  let view: Pick<EventPage, 'viewId' | 'previousUrl'> = { viewId: newId() };
  let isCounted = false;
  let shown: EventPage | undefined;
  /** Set while something is said of a page that the address has left. */
  let former: EventPage | undefined;
  let lastSaid: string | undefined;
  let lastTime = 0;
  let tell = () => {};

  const page = () => former ?? { ...readPage(), ...view };
  const end = () => {
    former = shown;
    shown = lastSaid = undefined;
    if (former) onEnd(former);
    former = undefined;
  };
  const begin = () => {
    if (!isCounted) return;
    const previousUrl = shown?.url;
    end();
    view = { viewId: newId(), ...(previousUrl && { previousUrl }) };
    isCounted = false;
  };

  return {
    page,
    end() {
      tell();
      end();
    },
    count(said, time) {
      // What waits to be told began before.
      tell();
      const here = page();
      if (here.url + said === lastSaid && Math.abs(time - lastTime) < YOUNG_MS) return undefined;
      begin();
      isCounted = true;
      lastSaid = here.url + said;
      lastTime = time;
      shown = { ...here, ...view };
      return shown;
    },
    watch(mode, now, onView, signal) {
      // Hash routers turn no fragment into `#/` when they start, which leads nowhere else.
      const compared = () =>
        location.pathname +
        (mode === 'path' ? '' : location.search) +
        (mode === 'hash' ? location.hash.replace(/^#\/$/, '') : '');
      let seen: string;
      let start: EventPage;
      let startedAt: number;
      let search: string;
      /** Runs while the view waits to be told. */
      let timer: ReturnType<typeof setTimeout> | undefined;

      tell = () => {
        if (!timer) return;
        clearTimeout(timer);
        timer = undefined;
        former = { ...start, title: document.title };
        onView(startedAt, search);
        former = undefined;
      };
      const move = () => {
        seen = compared();
        start = page();
      };
      const beginHere = () => {
        tell();
        begin();
        move();
        startedAt = now();
        search = location.search;
        timer = setTimeout(tell, YOUNG_MS);
      };
      const tellTitled = () => document.title && tell();
      /** This page itself, loaded or back from the back/forward cache. A script in the head may run before its title. */
      const beginPage = () => {
        beginHere();
        // Nothing that a page still does while it loads is worth a wait after it: it may die at any moment.
        if (document.readyState === 'complete') tellTitled();
        else addEventListener('load', tellTitled, { signal });
      };

      watchAddress((isReplaced) => {
        if (compared() === seen) return;
        // A page that tidies its query, or notes a filter in it: still the same view.
        if (isReplaced && mode !== 'hash' && start.path === location.pathname) seen = compared();
        // A redirect that the visitor never saw.
        else if (isReplaced && timer) move();
        else beginHere();
      }, signal);
      addEventListener('pageshow', ({ persisted }) => persisted && beginPage(), { signal });
      // On phones this is often the last that is heard of a page.
      document.addEventListener('visibilitychange', tell, { signal });
      beginPage();
    },
  };
}
