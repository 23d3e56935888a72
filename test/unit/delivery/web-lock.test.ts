import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { holdWebLock } from '../../../src/delivery/web-lock.js';

const TURN_MS = 30_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The browser's lock manager, as the standard has it, for one name and several clients. */
function createLocks() {
  type Request = { readonly client: string; readonly grant: () => void };
  const queue: Request[] = [];
  let held: { readonly client: string; readonly rob: () => void } | undefined;
  const next = () => {
    if (!held) queue.shift()?.grant();
  };
  const clientOf = (client: string): LockManager => ({
    query: async () => ({ held: held ? [{ name: 'x', clientId: held.client, mode: 'exclusive' }] : [], pending: [] }),
    request: ((_: string, { signal, steal }: LockOptions, work: () => Promise<unknown>) =>
      new Promise<unknown>((resolve, reject) => {
        const grant = () => {
          const mine = { client, rob: () => reject(new DOMException('stolen', 'AbortError')) };
          held = mine;
          work()
            .then(resolve, reject)
            .finally(() => {
              if (held !== mine) return;
              held = undefined;
              next();
            });
        };
        if (steal) {
          held?.rob();
          return grant();
        }
        const request = { client, grant };
        signal?.addEventListener('abort', () => {
          if (!queue.includes(request)) return;
          queue.splice(queue.indexOf(request), 1);
          reject(new DOMException('aborted', 'AbortError'));
        });
        queue.push(request);
        next();
      })) as LockManager['request'],
  });
  return { clientOf, holder: () => held?.client };
}

const never = () => new Promise<never>(() => {});
const { signal: live } = new AbortController();

describe('a Web Lock', () => {
  test('is one page’s at a time, and each is told when its turn is over', async () => {
    const { clientOf } = createLocks();
    let isMine = () => false;
    let done = (_: string) => {};
    const first = holdWebLock(clientOf('a'), 'x', TURN_MS, live, (its) => {
      isMine = its;
      return new Promise<string>((resolve) => {
        done = resolve;
      });
    });
    const second = holdWebLock(clientOf('b'), 'x', TURN_MS, live, async () => 'second');
    await vi.advanceTimersByTimeAsync(TURN_MS - 1);
    expect(isMine()).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(isMine()).toBe(false);
    done('first');
    expect(await Promise.all([first, second])).toEqual(['first', 'second']);
  });

  test('is taken from a page that keeps it for ever, which is told so', async () => {
    const { clientOf, holder } = createLocks();
    let isMine = () => false;
    const stuck = holdWebLock(clientOf('stuck'), 'x', TURN_MS, live, (its) => {
      isMine = its;
      return never();
    });
    const second = holdWebLock(clientOf('b'), 'x', TURN_MS, live, async (its) => its());
    await vi.advanceTimersByTimeAsync(2 * TURN_MS - 1);
    expect(holder()).toBe('stuck');
    await vi.advanceTimersByTimeAsync(1);
    expect(await second).toBe(true);
    expect(await stuck).toBeUndefined();
    expect(isMine()).toBe(false);
  });

  test('is not taken from pages that have it one after the other', async () => {
    const { clientOf } = createLocks();
    const busy = (client: string, turns: number): Promise<unknown> =>
      holdWebLock(
        clientOf(client),
        'x',
        TURN_MS,
        live,
        () => new Promise((end) => setTimeout(end, TURN_MS, 'ended')),
      ).then((outcome) => (turns > 1 ? busy(client, turns - 1) : outcome));
    const pages = ['a', 'b', 'c', 'd', 'e', 'f'].map((client) => busy(client, 3));
    await vi.advanceTimersByTimeAsync(20 * TURN_MS);
    expect(await Promise.all(pages)).toEqual(Array(6).fill('ended'));
  });

  test('is no longer waited for once the page is left', async () => {
    const { clientOf, holder } = createLocks();
    const leaving = new AbortController();
    void holdWebLock(clientOf('a'), 'x', TURN_MS, live, never);
    const second = holdWebLock(clientOf('b'), 'x', TURN_MS, leaving.signal, async () => 'second');
    leaving.abort();
    expect(await second).toBeUndefined();
    await vi.advanceTimersByTimeAsync(10 * TURN_MS);
    expect(holder()).toBe('a');
  });

  test('passes on what its work throws', async () => {
    const { clientOf } = createLocks();
    const working = holdWebLock(clientOf('a'), 'x', TURN_MS, live, async () => {
      throw new RangeError('no');
    });
    await expect(working).rejects.toThrow('no');
    expect(vi.getTimerCount()).toBe(0);
  });
});
