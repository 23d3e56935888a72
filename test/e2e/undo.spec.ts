import type { Page } from '@playwright/test';
import { expect, test } from './support/test.js';

/** What scripts have left on the page. */
interface Traces {
  readonly listeners: string[];
  readonly timers: number;
  readonly globals: string[];
  readonly methods: boolean[];
  readonly locks: string[];
}

declare global {
  interface Window {
    tracesNow(): Promise<Traces>;
  }
}

/** Runs in the page before any other script, and notes what is added and not taken away again. */
function watchTraces(): void {
  const live = new Set<string>();
  const numbers = new WeakMap<object, number>();
  let last = 0;
  const numberOf = (it: object) => {
    if (!numbers.has(it)) numbers.set(it, ++last);
    return numbers.get(it);
  };
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const nameOf = (target: EventTarget, type: string, listener: object, options: unknown) => {
    const capture = Boolean(
      typeof options === 'object' ? (options as AddEventListenerOptions | null)?.capture : options,
    );
    return `${target.constructor.name} ${numberOf(target)} ${type} ${numberOf(listener)} ${capture}`;
  };
  EventTarget.prototype.addEventListener = function add(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ) {
    const target = this ?? window;
    const { signal, once } = typeof options === 'object' ? options : {};
    // A request or a transaction is the script's own, and gone with it.
    if (listener && !signal?.aborted && !/^(IDB|AbortSignal|Message)/.test(target.constructor.name)) {
      const name = nameOf(target, type, listener, options);
      live.add(name);
      const forget = () => live.delete(name);
      if (signal) addEventListener.call(signal, 'abort', forget);
      if (once) addEventListener.call(target, type, forget, { once: true });
    }
    addEventListener.call(target, type, listener, options);
  };
  EventTarget.prototype.removeEventListener = function remove(type, listener, options) {
    const target = this ?? window;
    if (listener) live.delete(nameOf(target, type, listener, options));
    removeEventListener.call(target, type, listener, options);
  };

  const timers = new Set<number>();
  const { setTimeout: begin, clearTimeout: end, setInterval: repeat, clearInterval: halt } = window;
  window.setTimeout = ((run: () => void, ms: number) => {
    const timer = begin(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
    return timer;
  }) as typeof setTimeout;
  window.setInterval = ((run: () => void, ms: number) => {
    const timer = repeat(run, ms);
    timers.add(timer);
    return timer;
  }) as typeof setInterval;
  window.clearTimeout = (timer) => end(timers.delete(timer as number) ? timer : timer);
  window.clearInterval = (timer) => halt(timers.delete(timer as number) ? timer : timer);

  const methods = [
    history.pushState,
    history.replaceState,
    window.fetch,
    navigator.sendBeacon,
    console.error,
    Date.now,
  ];
  window.tracesNow = async () => ({
    listeners: [...live].sort(),
    timers: timers.size,
    globals: Object.getOwnPropertyNames(window).sort(),
    methods: [history.pushState, history.replaceState, window.fetch, navigator.sendBeacon, console.error, Date.now].map(
      (method, index) => method === methods[index],
    ),
    locks: (await navigator.locks.query()).held?.map(({ name }) => String(name)) ?? [],
  });
}

const tracesOf = (page: Page) => page.evaluate(() => window.tracesNow());

for (const [title, hasNavigation] of [
  ['with the Navigation API', true],
  ['without one, where history is patched', false],
] as const) {
  test(`close() leaves the page as it was, ${title}`, async ({ page, site }) => {
    await page.addInitScript(watchTraces);
    if (!hasNavigation) await page.addInitScript(() => Reflect.deleteProperty(window, 'navigation'));
    // One request hangs and one lane waits for its next attempt, so that there is something to undo.
    site.collector.reply = ({ events }) =>
      events.some(({ name }) => name === 'Stuck') ? 'hang' : { status: site.collector.requests.length > 1 ? 500 : 200 };
    await page.goto('/bare');
    const before = await tracesOf(page);
    await page.evaluate(() => {
      const common = { pageViews: 'hash', flushAfterMs: 50, timeoutMs: 1_000 } as const;
      const destination = () => window.lib.relay({ endpoint: '/t' });
      const first = window.lib.createTracker({ ...common, destinations: [destination()] });
      const second = window.lib.createTracker({
        ...common,
        name: 'other',
        destinations: [destination()],
        shareVisitorWith: 'tracklet',
        firstView: 'shown',
        consent: window.lib.consent('granted'),
      });
      Object.assign(window, { tracker: first, second });
      window.lib.registerBackgroundSync(first);
      first.track('Early');
    });
    await expect.poll(() => site.collector.requests.length).toBeGreaterThan(1);
    const during = await tracesOf(page);
    expect(during.listeners.length).toBeGreaterThan(before.listeners.length + 10);
    expect(during.timers).toBeGreaterThan(0);
    expect(during.methods.slice(0, 2)).toEqual([hasNavigation, hasNavigation]);

    await page.evaluate(async () => {
      const second = Reflect.get(window, 'second') as Window['tracker'];
      window.tracker.track('Stuck');
      void window.tracker.flush();
      // A view that is noticed and not told yet.
      history.pushState({}, '', '#next');
      await Promise.all([window.tracker.close(), second.close()]);
      for (const name of ['tracker', 'second']) Reflect.deleteProperty(window, name);
    });
    // A write that is on its way keeps the timer of its deadline until it has arrived.
    await expect.poll(() => tracesOf(page)).toEqual(before);
  });
}
