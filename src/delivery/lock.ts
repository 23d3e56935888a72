import type { Lease } from '../queue/lease.js';
import { holdWebLock } from './web-lock.js';

/**
 * Runs `work` while this page alone, among all tabs of the site, holds the name; waits for its turn, which lasts `turnMs`
 * at most. `work` is told how to see whether that is still so, and stops when it is not. When `signal` is aborted the lock
 * is let go, or no longer waited for, even if `work` goes on, and nothing is resolved to: a lock held while the page is
 * left costs the back/forward cache in Firefox and Chromium.
 */
export type Lock = <Result>(
  name: string,
  signal: AbortSignal,
  work: (mayGoOn: () => boolean) => Promise<Result>,
) => Promise<Result | undefined>;

/** Another page has the lease: ask again after this many ms. */
const ASK_AGAIN_MS = 500;

/** Web Locks exist in secure contexts only; elsewhere the pages of a site take turns by `lease`. */
export const createLock =
  (lease: Lease, turnMs: number): Lock =>
  async (name, signal, work) => {
    // Listens anew each time and not for longer: a page may live for days.
    let stop = () => {};
    const aborted = new Promise<undefined>((resolve) => {
      stop = () => resolve(undefined);
    });
    signal.addEventListener('abort', stop);
    try {
      const locks: LockManager | undefined = globalThis.navigator?.locks;
      if (locks) {
        try {
          return await holdWebLock(locks, name, turnMs, signal, (isMine) =>
            Promise.race([work(() => isMine() && !signal.aborted), aborted]),
          );
        } catch (error) {
          // Where storage is denied, in sandboxed frames or by the visitor's settings, locks are denied too.
          if ((error as DOMException).name !== 'SecurityError') throw error;
        }
      }
      while (!signal.aborted) {
        const until = await lease.take(name);
        if (until) {
          const result = await Promise.race([work(() => !signal.aborted && lease.lasts(until)), aborted]);
          // A page that is left writes nothing; that it is left ends its leases.
          if (!signal.aborted) await lease.drop(name);
          return result;
        }
        await Promise.race([new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS)), aborted]);
      }
      return undefined;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
