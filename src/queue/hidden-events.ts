import { isQueuedEvent, type QueuedEvent } from './queue.js';
import { next, type Store } from './store.js';

/**
 * The store as a worker shall see it: without those events for which `isVisible` is false. Nor does it show what this
 * version cannot read: workers are updated later than pages, and pages know what to do about it.
 */
export function withHiddenEvents(
  store: Store,
  isVisible: (key: string, lane: string, record: QueuedEvent) => boolean,
): Store {
  const isShown = (key: string, value: unknown): boolean => {
    const [lane = '', kind] = key.split(' ', 2);
    return kind !== 'e' || (isQueuedEvent(value) && isVisible(key, lane, value));
  };
  return {
    ...store,
    async read(lower, upper, limit) {
      let from = lower;
      for (;;) {
        const rows = await store.read(from, upper, limit);
        const last = rows[rows.length - 1];
        const shown = rows.filter(([key, value]) => isShown(key, value));
        if (shown.length > 0 || !last || limit === undefined) return shown;
        from = next(last[0]);
      }
    },
  };
}
