import { attach, type Trackable } from './attach.js';
import { toPercent } from './to-percent.js';

export interface EngagementOptions {
  /** What the event is called. Default `Page Left`. */
  name?: string;
  /**
   * When it is sent. `left` (default): once per view, when another begins or the page is left. `hidden`: also each time
   * the page is hidden, with what was added since, for sites whose visitors leave by the app switcher of their phone,
   * after which nothing more is heard of a page. The times of a view then have to be added up.
   */
  sendWhen?: 'left' | 'hidden';
}

/**
 * Tracks how long each view of a page was visible and how far it was scrolled: `visibleMs`, and `scrollPercent` of the
 * page's height that came into sight. The event belongs to the view that ended: same `page.viewId`, same address.
 *
 * @returns the function that ends it.
 * @throws TypeError when it is given no tracker, or a `sendWhen` that does not exist.
 */
export function trackEngagement(
  tracker: Trackable,
  { name = 'Page Left', sendWhen = 'left' }: EngagementOptions = {},
): () => void {
  if (!/^(left|hidden)$/.test(sendWhen)) throw new TypeError("tracklet: sendWhen must be 'left' or 'hidden'");
  return attach('trackEngagement', tracker, ({ track, on, listen }) => {
    let visibleMs = 0;
    let visibleSince: number | undefined;
    let scrollPercent = 0;
    // Leaving also hides a page, which is then nothing to tell of; and a view that was told needs no empty end.
    const leastMs = sendWhen === 'hidden' ? 100 : 0;

    const tick = () => {
      const now = performance.now();
      if (visibleSince !== undefined) visibleMs += now - visibleSince;
      visibleSince = document.hidden ? undefined : now;
    };
    const look = (target: EventTarget | null) => {
      const box = target instanceof Element ? target : document.scrollingElement;
      // Where the page itself stands still, its largest part scrolls; a list in a corner says nothing.
      if (!box || box.clientHeight < innerHeight / 2) return;
      const { scrollTop, clientHeight, scrollHeight } = box;
      scrollPercent = Math.max(scrollPercent, toPercent(scrollTop + clientHeight, scrollHeight));
    };
    const send = () => {
      tick();
      if (visibleMs < leastMs) return;
      track(name, { visibleMs: Math.round(visibleMs), scrollPercent });
      visibleMs = 0;
    };

    tick();
    listen('visibilitychange', () => {
      if (document.hidden && sendWhen === 'hidden') {
        look(null);
        send();
      } else tick();
    });
    listen('scroll', ({ target }) => look(target));
    on('left', () => {
      // What is in sight without any scrolling.
      look(null);
      send();
      scrollPercent = 0;
    });
  });
}
