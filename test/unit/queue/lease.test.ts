import 'fake-indexeddb/auto';
import { describe, expect, test, vi } from 'vitest';
import { createLock } from '../../../src/delivery/lock.js';
import { createSafeStorage } from '../../../src/lib/safe-storage.js';
import { createDepartures } from '../../../src/queue/departures.js';
import { createJournal } from '../../../src/queue/journal.js';
import { createLease } from '../../../src/queue/lease.js';
import { createStore } from '../../../src/queue/store.js';

const TURN_MS = 30_000;
let count = 0;

/** Pages of one site, each with its own connection, on one clock. */
async function openPages(pages: readonly string[]) {
  const name = `lease-${count++}`;
  const clock = { now: 1_800_000_000_000 };
  const departures = createDepartures(createSafeStorage(), name);
  const stores = pages.map(() => createStore(name, createJournal(createSafeStorage(), name), () => {}));
  await Promise.all(stores.map(({ ready }) => ready));
  const leases = stores.map((store, index) =>
    createLease(
      store,
      departures,
      () => pages[index] ?? '',
      () => clock.now,
      TURN_MS,
    ),
  );
  return { leases, stores, departures, clock };
}

describe('a lease', () => {
  test('is one page’s until it lets go', async () => {
    const { leases, clock } = await openPages(['p1', 'p2']);
    const [first, second] = leases as [(typeof leases)[0], (typeof leases)[0]];
    expect(await first.take('x')).toBe(clock.now + TURN_MS);
    expect(await second.take('x')).toBeUndefined();
    expect(await second.take('y')).toBeDefined();
    await second.drop('x');
    expect(await second.take('x')).toBeUndefined();
    await first.drop('x');
    expect(await second.take('x')).toBeDefined();
  });

  test('goes to exactly one of many that ask at once', async () => {
    const { leases } = await openPages(Array.from({ length: 10 }, (_, index) => `p${index}`));
    const taken = await Promise.all(leases.map((lease) => lease.take('x')));
    expect(taken.filter((until) => until !== undefined)).toHaveLength(1);
  });

  test('of a page that was left is free at once, of one that was killed after two turns', async () => {
    const { leases, departures, clock } = await openPages(['p1', 'p2']);
    const [first, second] = leases as [(typeof leases)[0], (typeof leases)[0]];
    await first.take('x');
    departures.write('p1', { at: clock.now, left: false, claims: {} });
    expect(await second.take('x')).toBeUndefined();
    departures.write('p1', { at: clock.now, left: true, claims: {} });
    expect(await second.take('x')).toBeDefined();

    await first.take('y');
    departures.forget('p1');
    clock.now += 2 * TURN_MS;
    expect(await second.take('y')).toBeUndefined();
    clock.now += 1;
    expect(await second.take('y')).toBeDefined();
  });

  test('ends with its turn, and a clock that is set back makes it no longer', async () => {
    const { leases, clock } = await openPages(['p1', 'p2']);
    const [first, second] = leases as [(typeof leases)[0], (typeof leases)[0]];
    const until = (await first.take('x')) ?? 0;
    expect(first.lasts(until)).toBe(true);
    clock.now -= 1;
    expect(first.lasts(until)).toBe(false);
    clock.now -= 7_200_000;
    expect(await second.take('x')).toBeDefined();
    clock.now += 7_200_001 + TURN_MS;
    expect(first.lasts(until)).toBe(false);
  });
});

describe('over a database in trouble, a lease', () => {
  test('is not taken for granted where the database fails for a moment', async () => {
    const { leases } = await openPages(['p1', 'p2']);
    const [first, second] = leases as [(typeof leases)[0], (typeof leases)[0]];
    await first.take('x');
    vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementationOnce(() => {
      throw new DOMException('lost', 'UnknownError');
    });
    expect(await second.take('x')).toBeUndefined();
  });

  test('is taken where nobody can read who has it', async () => {
    const { leases, stores } = await openPages(['p1']);
    stores[0]?.write([{ keys: ['lease x'], value: 'spoiled' }]);
    expect(await leases[0]?.take('x')).toBeDefined();
  });

  test('is not taken before the database is open', async () => {
    const name = `lease-${count++}`;
    const departures = createDepartures(createSafeStorage(), name);
    const leases = ['p1', 'p2'].map((page) => {
      const store = createStore(name, createJournal(createSafeStorage(), name), () => {});
      return createLease(
        store,
        departures,
        () => page,
        () => 1_800_000_000_000,
        TURN_MS,
      );
    });
    const taken = await Promise.all(leases.map((lease) => lease.take('x')));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });
});

describe('a lock without Web Locks', () => {
  test('leaves no listener on a signal that lives as long as the page', async () => {
    const { leases } = await openPages(['p1']);
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    for (let turn = 0; turn < 5; turn++) {
      await createLock(leases[0] as (typeof leases)[0], TURN_MS)('x', signal, async () => {});
    }
    expect(added).toHaveBeenCalledTimes(5);
    expect(removed.mock.calls).toEqual(added.mock.calls);
  });

  test('is let go when the page is left, even if its work never ends', async () => {
    const { leases } = await openPages(['p1']);
    const leaving = new AbortController();
    const working = createLock(leases[0] as (typeof leases)[0], TURN_MS)('x', leaving.signal, () => {
      leaving.abort();
      return new Promise(() => {});
    });
    expect(await working).toBeUndefined();
  });

  test('does its work where the browser has locks but denies them, as in a sandboxed frame', async () => {
    const { leases } = await openPages(['p1']);
    const request = async () => {
      throw new DOMException('The request was denied.', 'SecurityError');
    };
    vi.stubGlobal('navigator', { locks: { request } });
    let worked = false;
    await createLock(leases[0] as (typeof leases)[0], TURN_MS)('x', new AbortController().signal, async () => {
      worked = true;
    });
    vi.unstubAllGlobals();
    expect(worked).toBe(true);
  });

  test('lets one page work at a time, and each gets its turn', async () => {
    const { leases } = await openPages(['p1', 'p2', 'p3']);
    let working = 0;
    let most = 0;
    const { signal } = new AbortController();
    await Promise.all(
      leases.map((lease) =>
        createLock(lease, TURN_MS)('x', signal, async (mayGoOn) => {
          most = Math.max(most, ++working);
          await new Promise((resolve) => setTimeout(resolve, 20));
          expect(mayGoOn()).toBe(true);
          working--;
        }),
      ),
    );
    expect(most).toBe(1);
  });

  test('is no longer waited for once the page is left, and its work is told to stop', async () => {
    const { leases } = await openPages(['p1', 'p2']);
    const [first, second] = leases as [(typeof leases)[0], (typeof leases)[0]];
    await first.take('x');
    const leaving = new AbortController();
    const waiting = createLock(second, TURN_MS)('x', leaving.signal, async () => expect.fail('it is not its turn'));
    leaving.abort();
    await waiting;

    const again = new AbortController();
    await createLock(first, TURN_MS)('x', again.signal, async (mayGoOn) => {
      expect(mayGoOn()).toBe(true);
      again.abort();
      expect(mayGoOn()).toBe(false);
    });
  });
});
