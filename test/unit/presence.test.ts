import { afterEach, expect, test, vi } from 'vitest';
import type { Delivery } from '../../src/delivery/delivery.js';
import { createSafeStorage } from '../../src/lib/safe-storage.js';
import { createPresence } from '../../src/presence.js';
import { createDepartures } from '../../src/queue/departures.js';
import type { Store } from '../../src/queue/store.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const HERE = 'https://shop.example';

/** A page that is seen, whose delivery sends `e` as it is left. */
function openPage(vendor = 'Apple Computer, Inc.') {
  vi.stubGlobal('navigator', { vendor });
  const page = new EventTarget();
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('document', Object.assign(new EventTarget(), { hidden: false }));
  vi.stubGlobal('location', new URL(`${HERE}/cart`));
  const navigation = new EventTarget();
  vi.stubGlobal('navigation', navigation);
  const guarded: boolean[] = [];
  const store: Pick<Store, 'guard' | 'resume'> = { guard: (left) => void guarded.push(left), resume() {} };
  const storage = createSafeStorage();
  const lasting = { ...storage, set: (key: string, value: unknown) => storage.set(key, value) || true };
  const departures = createDepartures(lasting, 'site:');
  const presence = createPresence(store as Store, departures, () => 1_000);
  const note = () => departures.all().get(presence.page());
  const notedWhileSending: unknown[] = [];
  const left: boolean[] = [];
  let runs = 0;
  let claims = {};
  const delivery: Pick<Delivery, 'claims' | 'leave' | 'run' | 'online'> = {
    run() {
      runs += 1;
    },
    online() {},
    claims: () => claims,
    leave(send) {
      left.push(send);
      notedWhileSending.push(note());
      claims = { lane: ['e'] };
      presence.onFlight();
      notedWhileSending.push(note());
    },
  };
  presence.start(delivery as Delivery, new AbortController().signal);
  const tell = (name: string) => navigation.dispatchEvent(new Event(name));
  const navigate = (url: string, how: { sameDocument?: boolean; downloadRequest?: string } = {}) => {
    const { sameDocument = false, downloadRequest = null } = how;
    navigation.dispatchEvent(
      Object.assign(new Event('navigate'), { destination: { url, sameDocument }, downloadRequest }),
    );
  };
  const leave = () => page.dispatchEvent(new Event('pagehide'));
  const beforeUnload = () => page.dispatchEvent(new Event('beforeunload'));
  return { leave, beforeUnload, presence, note, notedWhileSending, guarded, left, navigate, tell, runs: () => runs };
}

test('a page says that it has left only when it has claimed what it sends, or another tab would send it too', () => {
  const { leave, note, notedWhileSending } = openPage();
  leave();
  expect(notedWhileSending).toEqual([
    { at: 1_000, left: false, claims: {} },
    { at: 1_000, left: false, claims: { lane: ['e'] } },
  ]);
  expect(note()).toEqual({ at: 1_000, left: true, claims: { lane: ['e'] } });
});

test('a page that is left is no longer active, and leaves the store alone', () => {
  const { leave, presence, guarded } = openPage();
  expect([presence.isActive(), presence.isLeft()]).toEqual([true, false]);
  leave();
  expect([presence.isActive(), presence.isLeft()]).toEqual([false, true]);
  expect(guarded).toEqual([true]);
});

test('a page that is being left for another starts nothing more, and sends at its end only what no page of the site will', () => {
  for (const [url, sends] of [
    [`${HERE}/next`, false],
    ['https://elsewhere.example/', true],
  ] as const) {
    const { navigate, presence, leave, left } = openPage();
    navigate(url);
    expect(presence.goingSince()).toBe(1_000);
    leave();
    expect([presence.goingSince(), left]).toEqual([0, [sends]]);
  }
});

test('a page that may take what it noted along waits for its storage, after the last note; one that stays on the site does not', () => {
  for (const [url, noted] of [
    [undefined, [true]],
    ['https://elsewhere.example/', [true]],
    [`${HERE}/next`, []],
  ] as const) {
    const { navigate, leave, note } = openPage();
    const noteAtLook: unknown[] = [];
    const look = () => noteAtLook.push(note()?.left);
    vi.stubGlobal('sessionStorage', Object.defineProperty({}, 'length', { get: look }));
    if (url) navigate(url);
    leave();
    expect(noteAtLook).toEqual(noted);
  }
});

test('a page without storage is left without an exception', () => {
  const { leave, presence } = openPage();
  vi.stubGlobal(
    'sessionStorage',
    Object.defineProperty({}, 'length', {
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    }),
  );
  expect(leave).not.toThrow();
  expect(presence.isLeft()).toBe(true);
});

test.each([
  ['a navigation within the page', `${HERE}/#part`, { sameDocument: true }],
  ['a download', `${HERE}/file.pdf`, { downloadRequest: 'file.pdf' }],
  ['a letter', 'mailto:mia@example.org', {}],
])('%s takes no page’s place, and the page sends at its end', (_, url, how) => {
  const { navigate, presence, leave, left } = openPage();
  navigate(url, how);
  expect(presence.goingSince()).toBe(0);
  leave();
  expect(left).toEqual([true]);
});

test.each(['navigateerror', 'navigatesuccess'])('a navigation that ends in a %s leaves the page at work', (end) => {
  const { navigate, presence, tell, leave, left, runs } = openPage();
  navigate(`${HERE}/next`);
  tell(end);
  expect([presence.goingSince(), runs()]).toEqual([0, 1]);
  leave();
  expect(left).toEqual([true]);
});

test('a navigation of which nothing more is heard does so after three seconds', () => {
  vi.useFakeTimers();
  const { navigate, presence, runs } = openPage();
  navigate(`${HERE}/no-content`);
  vi.advanceTimersByTime(2_999);
  expect([presence.goingSince(), runs()]).toEqual([1_000, 0]);
  vi.advanceTimersByTime(1);
  expect([presence.goingSince(), runs()]).toEqual([0, 1]);
});

test('a page that may be closed starts nothing more, and goes on when its visitor stays', () => {
  vi.useFakeTimers();
  const { beforeUnload, presence, runs } = openPage();
  beforeUnload();
  expect([presence.goingSince(), runs()]).toEqual([1_000, 0]);
  vi.advanceTimersByTime(3_000);
  expect([presence.goingSince(), runs()]).toEqual([0, 1]);
});

test('in Firefox what is sent last arrives if it is known where the page is left for', () => {
  vi.stubGlobal('mozInnerScreenX', 0);
  const { navigate, beforeUnload, presence, leave, left } = openPage();
  navigate('https://elsewhere.example/');
  beforeUnload();
  expect(presence.mayLoseLast()).toBe(false);
  leave();
  expect(left).toEqual([true]);
});

test('Chromium is not asked to wait for a page before it leaves it', () => {
  const { beforeUnload, presence } = openPage('Google Inc.');
  beforeUnload();
  expect(presence.goingSince()).toBe(0);
});

test('what is sent last may be lost in Firefox only', () => {
  expect(openPage().presence.mayLoseLast()).toBe(false);
  vi.stubGlobal('mozInnerScreenX', 0);
  expect(openPage().presence.mayLoseLast()).toBe(true);
});
