/**
 * Runs `work` while this page alone, among all tabs of the site, holds the name. Waits for its turn. When `signal` is
 * aborted the lock is let go, or no longer waited for, even if `work` goes on: a lock held while the page is left costs
 * the back/forward cache in Firefox and Chromium.
 */
export async function withLock(name: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  // Web Locks exist in secure contexts only.
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  if (!locks) return work();
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  try {
    await locks.request(name, { signal }, () => Promise.race([work(), aborted]));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
