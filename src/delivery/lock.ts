/**
 * Runs `work` while this page alone holds the name, among all tabs of the site. With `patienceMs` it queues for the
 * lock that long, else it takes it only if it is free. Resolves to false when it did not get it.
 *
 * The lock is let go as soon as `released` resolves, even if `work` goes on: a lock held while the page is left costs
 * the back/forward cache in Firefox and Chromium.
 */
export async function withLock(
  name: string,
  work: () => Promise<void>,
  released: Promise<void>,
  patienceMs = 0,
): Promise<boolean> {
  const hold = async (lock: Lock | null) => {
    if (lock) await Promise.race([work(), released]);
    return lock !== null;
  };
  // Web Locks exist in secure contexts only, and are refused to documents that may not use storage.
  const { locks } = globalThis.navigator ?? {};
  if (!locks) return hold({ mode: 'exclusive', name });
  if (patienceMs === 0) return locks.request(name, { ifAvailable: true }, hold);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), patienceMs);
  try {
    return await locks.request(name, { signal: controller.signal }, (lock) => {
      clearTimeout(timer);
      return hold(lock);
    });
  } catch (error) {
    if (controller.signal.aborted) return false;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
