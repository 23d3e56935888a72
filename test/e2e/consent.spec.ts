import type { Page } from '@playwright/test';
import { leaveAndReturn, RESTORED_SCRIPT } from './support/back-forward.js';
import { numbersAt, numbersIn, upTo } from './support/numbers.js';
import type { Site } from './support/site.js';
import { NOTHING_STORED, storedBy, textOf } from './support/stored.js';
import { expect, test } from './support/test.js';
import { statsOf, toldIn, trackNumbers } from './support/tracker-in.js';

const choose = (page: Page, choice: string | object) =>
  page.evaluate((its) => window.tracker.consent(its as 'granted'), choice);

/** Tracks a numbered event; resolves to the times just before and just after. */
const trackedAt = (page: Page, number: number): Promise<readonly [number, number]> =>
  page.evaluate((its) => {
    const before = Date.now();
    window.tracker.track('Plan Chosen', { product: `p-${its}` });
    return [before, Date.now()] as const;
  }, number);

const isWithin = (time: number, [earliest, latest]: readonly [number, number]): boolean =>
  earliest <= time && time <= latest;

/** So that what must not happen has had the time to. */
const passed = async (page: Page, ms: number): Promise<void> => {
  const start = await page.evaluate(() => performance.now());
  await page.waitForFunction((end) => performance.now() > end, start + ms);
};

/** The machine may be busy; what is waited for does not depend on how long it takes. */
const PATIENTLY = { timeout: 20_000 };

/** Requests of the page for anything but the page itself and the library. */
function requestsOf(page: Page): string[] {
  const requests: string[] = [];
  page.on('request', (request) => {
    const { pathname, origin } = new URL(request.url());
    if (request.resourceType() !== 'document' && pathname !== '/library.js') requests.push(origin + pathname);
  });
  return requests;
}

test.beforeEach(({ site, vendors: { klaviyo } }) => {
  site.options = {
    destinations: {
      relay: { endpoint: '/t' },
      klaviyo: { companyId: 'DEMO01', endpoint: klaviyo.url, purpose: 'marketing' },
    },
    consent: 'pending',
    pageViews: 'off',
    flushAfterMs: 50,
  };
});

test('before a grant nothing is stored and nothing sent; then events go out with their times, addresses and titles', async ({
  page,
  site,
}) => {
  site.options.pageViews = 'auto';
  const requests = requestsOf(page);
  await page.goto('/a?utm_source=news');
  const times = [await trackedAt(page, 1)];
  await page.evaluate(() => {
    document.title = 'Second';
    history.pushState({}, '', '/b');
  });
  await passed(page, 300);
  times.push(await trackedAt(page, 2));
  await page.evaluate(() => {
    window.tracker.identify('u-42', { email: 'mia@example.org' });
    window.tracker.group('acme');
    document.dispatchEvent(new Event('visibilitychange'));
    return window.tracker.flush();
  });
  expect(await page.evaluate(() => window.tracker.stats())).toMatchObject({ durable: false, dropped: {} });
  await passed(page, 500);
  expect(await storedBy(page)).toEqual(NOTHING_STORED);
  expect(requests).toEqual([]);
  expect(site.collector.requests).toEqual([]);

  await choose(page, 'granted');
  await expect.poll(() => site.collector.accepted.length, PATIENTLY).toBe(6);
  const { accepted } = site.collector;
  const tracked = accepted.filter(({ type }) => type === 'track');
  expect(numbersIn(tracked)).toEqual([1, 2]);
  for (const [index, { time }] of tracked.entries()) expect(isWithin(time, times[index] ?? [0, 0])).toBe(true);
  expect(tracked.map(({ page: { path } }) => path)).toEqual(['/a', '/b']);
  expect(tracked.map(({ page: { title } }) => title)).toEqual(['Page /a', 'Second']);
  expect(accepted.filter(({ type }) => type === 'page').map(({ page: { path } }) => path)).toEqual(['/a', '/b']);
  expect(accepted.every(({ context }) => context.campaign?.source === 'news')).toBe(true);
  // Each knows what was known of the visitor when it happened, and that consent was given for both purposes.
  expect(tracked.map(({ visitor }) => visitor.userId)).toEqual([undefined, undefined]);
  expect(accepted.find(({ type }) => type === 'identify')?.visitor).toMatchObject({ email: 'mia@example.org' });
  expect(accepted.map(({ consent }) => consent)).toEqual(Array(6).fill(['analytics', 'marketing']));
  expect(new Set(accepted.map(({ session }) => session.id)).size).toBe(1);
});

test('what waits for consent is bounded, and what is too much is counted', async ({ page, site }) => {
  site.options.limits = { maxHeld: 5 };
  await page.goto('/');
  await trackNumbers(page, 1, 8);
  expect(await statsOf(page)).toMatchObject({ dropped: { 'queue-full': 3 } });
  expect(await toldIn(page, 'dropped')).toMatchObject(Array(3).fill({ reason: 'queue-full', name: 'Plan Chosen' }));
  await choose(page, 'granted');
  await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual(upTo(5));
});

test('what waits when the visitor refuses, and what is tracked after, is lost and counted, and leaves no trace', async ({
  page,
  site,
}) => {
  site.options.consentOptions = { remember: false };
  const requests = requestsOf(page);
  await page.goto('/');
  await trackNumbers(page, 1, 2);
  await choose(page, 'denied');
  await trackNumbers(page, 3, 5);
  await page.evaluate(() => window.tracker.flush());
  expect(await statsOf(page)).toMatchObject({ dropped: { denied: 5 } });
  expect(await storedBy(page)).toEqual(NOTHING_STORED);
  await page.goto('/next');
  expect(await storedBy(page)).toEqual(NOTHING_STORED);
  expect(requests).toEqual([]);
});

for (const remember of [false, true]) {
  const left = remember ? 'nothing but the refusal itself' : '0 bytes';
  test(`after a refusal ${left} is left, of events queued, held, dropped, journalled and on their way, in two tabs`, async ({
    context,
    page,
    site,
    vendors: { klaviyo },
  }) => {
    const nothing = remember
      ? { ...NOTHING_STORED, localStorage: { 'tracklet:consent': '{"*":"denied"}' } }
      : NOTHING_STORED;
    site.options = {
      ...site.options,
      consent: 'granted',
      consentOptions: { remember },
      destinations: {
        // Dropped, and kept for inspection; queued; held; on its way.
        relay: { endpoint: '/t', name: 'dropping' },
        klaviyo: { companyId: 'DEMO01', endpoint: klaviyo.url, purpose: 'marketing' },
        airship: { appKey: 'demo-app-key-000000001', endpoint: '/proxy/airship' },
        gainsight: { propertyKey: 'AP-DEMO-1-2', endpoint: '/hanging' },
      },
    };
    site.calls.set('/hanging/v1/events/custom', () => new Promise(() => undefined));
    site.collector.reply = () => ({ status: 400 });
    klaviyo.fault({ kind: 'error500' });
    const other = await context.newPage();
    await page.goto('/');
    await other.goto('/other');
    await trackNumbers(page, 1, 3);
    await trackNumbers(other, 4, 6);
    await expect
      .poll(async () => (await statsOf(page)).destinations.dropping?.dropped, PATIENTLY)
      .toMatchObject({ rejected: 6 });
    await expect.poll(async () => (await statsOf(page)).destinations.klaviyo?.retries, PATIENTLY).toBeGreaterThan(0);
    // A page that is left in the middle leaves a departure, and one that has just tracked the journal.
    await page.goto('/again');
    await page.evaluate(() => {
      window.tracker.track('Plan Chosen', { product: 'p-7' });
      dispatchEvent(new PageTransitionEvent('pagehide'));
      window.tracker.track('Plan Chosen', { product: 'p-8' });
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    });
    const before = textOf(await storedBy(page));
    for (const part of ['klaviyo e ', 'airship~held e ', 'dropping~dropped e ', 'tracklet:gone:', 'tracklet:visitor']) {
      expect(before, part).toContain(part);
    }

    await choose(page, 'denied');
    await expect.poll(() => storedBy(page), PATIENTLY).toEqual(nothing);
    await expect.poll(() => storedBy(other), PATIENTLY).toEqual(nothing);
    const sentBefore = klaviyo.requests().length;

    // Nor does anything come back, whatever the tabs do.
    for (const tab of [page, other]) {
      await trackNumbers(tab, 9, 12);
      await tab.evaluate(async () => {
        window.tracker.identify('u-42', { plan: 'team' });
        window.tracker.reset();
        dispatchEvent(new Event('online'));
        await window.tracker.flush();
        await window.tracker.stats();
      });
    }
    expect(await storedBy(page)).toEqual(nothing);
    await other.goto('/elsewhere');
    await other.close();
    await passed(page, 1_500);
    expect(await storedBy(page)).toEqual(nothing);
    expect(klaviyo.requests().length).toBe(sentBefore);
    await page.goto('/bare');
    expect(await storedBy(page)).toEqual(nothing);
  });
}

test('a choice is remembered for the next visit, and not where the consent manager remembers', async ({
  page,
  site,
}) => {
  await page.goto('/');
  await choose(page, 'denied');
  await page.goto('/next');
  await trackNumbers(page, 1, 1);
  expect(await statsOf(page)).toMatchObject({ dropped: { denied: 1 } });
  await choose(page, 'granted');
  await page.goto('/third');
  await trackNumbers(page, 2, 2);
  await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual([2]);

  site.options.consentOptions = { remember: false };
  await page.goto('/fourth');
  await trackNumbers(page, 3, 3);
  await page.evaluate(() => window.tracker.flush());
  expect(await statsOf(page)).toMatchObject({ dropped: {} });
  expect(numbersIn(site.collector.accepted)).toEqual([2]);
});

test('who agrees again after a refusal is a new visitor in a first session', async ({ page, site }) => {
  await page.goto('/');
  await choose(page, 'granted');
  await trackNumbers(page, 1, 1);
  await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual([1]);
  await choose(page, 'denied');
  await choose(page, 'granted');
  await trackNumbers(page, 2, 2);
  await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual([1, 2]);
  const [first, second] = site.collector.accepted;
  expect(second?.visitor.anonymousId).not.toBe(first?.visitor.anonymousId);
  expect(second?.session).toMatchObject({ number: 1, eventIndex: 1 });
  expect(await statsOf(page)).toMatchObject({ durable: true });
});

test('a refusal before the database is open takes back the id that was made up in memory', async ({ page, site }) => {
  await page.goto('/');
  const madeUp = await page.evaluate(() => {
    const { tracker } = window;
    tracker.consent('granted');
    tracker.track('Plan Chosen', { product: 'p-1' });
    const first = localStorage.getItem('tracklet:minted') ?? '';
    tracker.consent('denied');
    tracker.consent('granted');
    tracker.track('Plan Chosen', { product: 'p-2' });
    return JSON.parse(first).anonymousId as string;
  });
  await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual([2]);
  expect(madeUp).toMatch(/^[\w-]{21}$/);
  expect(JSON.stringify(site.collector.accepted)).not.toContain(madeUp);
  expect(textOf(await storedBy(page))).not.toContain(madeUp);
});

test('one purpose may be granted while another waits: its events go out once it is granted too, each once', async ({
  page,
  site,
  vendors: { klaviyo },
}) => {
  await page.goto('/');
  await choose(page, { analytics: 'granted' });
  const time = await trackedAt(page, 1);
  await trackNumbers(page, 2, 3);
  await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual(upTo(3));
  expect(site.collector.accepted.map(({ consent }) => consent)).toEqual(Array(3).fill(['analytics']));
  expect(klaviyo.requests()).toEqual([]);
  expect(textOf(await storedBy(page))).not.toContain('klaviyo');
  await passed(page, 400);
  await choose(page, { marketing: 'granted' });
  await trackNumbers(page, 4, 4);
  await expect.poll(() => numbersAt(klaviyo.accepted()), PATIENTLY).toEqual(upTo(4));
  await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual(upTo(4));
  const sentTime = Date.parse(/"time":"([^"]+)"/.exec(JSON.stringify(klaviyo.accepted()[0]?.body))?.[1] ?? '');
  expect(isWithin(sentTime, time)).toBe(true);
});

test('events that one purpose waits for are counted when it is refused, or when too many wait', async ({
  page,
  site,
}) => {
  site.options.limits = { maxHeld: 3 };
  await page.goto('/');
  await choose(page, { analytics: 'granted' });
  await trackNumbers(page, 1, 5);
  expect(await statsOf(page)).toMatchObject({ dropped: { 'queue-full': 2 } });
  await choose(page, { marketing: 'denied' });
  expect((await statsOf(page)).dropped).toEqual({ 'queue-full': 2, denied: 3 });
  expect(await toldIn(page, 'dropped')).toHaveLength(5);
  await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual(upTo(5));
});

test('a purpose that is withdrawn leaves nothing in any tab, while the other goes on', async ({
  context,
  page,
  site,
  vendors: { klaviyo },
}) => {
  site.options.consent = 'granted';
  klaviyo.fault({ kind: 'rate-limited', retryAfter: 3_600 });
  site.collector.reply = () => ({ status: 500 });
  const other = await context.newPage();
  await page.goto('/');
  await other.goto('/other');
  await trackNumbers(page, 1, 3);
  await trackNumbers(other, 4, 6);
  await expect.poll(async () => (await statsOf(page)).destinations.klaviyo?.waiting, PATIENTLY).toBe(6);
  await choose(page, { marketing: 'denied' });
  const stored = async () => textOf(await storedBy(page)).includes('klaviyo');
  await expect.poll(stored, PATIENTLY).toBe(false);
  await trackNumbers(page, 7, 7);
  await trackNumbers(other, 8, 8);
  await Promise.all([page, other].map((tab) => tab.evaluate(() => window.tracker.flush())));
  expect(await stored()).toBe(false);
  await other.goto('/bare');
  expect(await stored()).toBe(false);
  klaviyo.fault({ kind: 'none' });
  site.collector.reply = () => ({ status: 200 });
  await expect
    .poll(() => numbersIn(site.collector.accepted).sort((a, b) => a - b), { timeout: 20_000 })
    .toEqual(upTo(8));
  expect(klaviyo.accepted()).toEqual([]);
});

test('of a purpose that is withdrawn with a request on its way, nothing is claimed as the page goes on, is hidden or left', async ({
  page,
  site,
  vendors: { klaviyo },
}) => {
  site.options.consent = 'granted';
  klaviyo.fault({ kind: 'hang' });
  await page.goto('/');
  // Within three seconds of sending it is claimed, which a page is left in the middle of.
  const seen = await page.evaluate(async () => {
    const { tracker } = window;
    const sent = new Promise<void>((resolve) =>
      tracker.on('sending', ({ destination }) => destination === 'klaviyo' && resolve()),
    );
    tracker.track('Plan Chosen', { product: 'p-1' });
    await sent;
    const written: string[] = [];
    const noted = () => written.push(JSON.stringify({ ...localStorage }));
    noted();
    tracker.consent({ marketing: 'denied' });
    noted();
    document.dispatchEvent(new Event('visibilitychange'));
    dispatchEvent(new PageTransitionEvent('pagehide'));
    noted();
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    return written;
  });
  expect(seen.map((text) => text.includes('"klaviyo'))).toEqual([true, false, false]);
  await expect.poll(async () => textOf(await storedBy(page)), PATIENTLY).not.toContain('klaviyo');
  await page.goto('/bare');
  expect(textOf(await storedBy(page))).not.toContain('klaviyo');
});

test('who withdraws a purpose and agrees again at once: what was stored before is gone, what comes after is kept', async ({
  page,
  site,
  vendors: { klaviyo },
}) => {
  site.options.consent = 'granted';
  // So that nothing is on its way when the visitor withdraws: nobody can call that back.
  klaviyo.fault({ kind: 'rate-limited', retryAfter: 3_600 });
  await page.goto('/');
  await trackNumbers(page, 1, 3);
  const refused = expect.objectContaining({ destination: 'klaviyo' });
  await expect.poll(() => toldIn(page, 'retry'), PATIENTLY).toContainEqual(refused);
  await page.evaluate(() => {
    window.tracker.consent({ marketing: 'denied' });
    window.tracker.consent({ marketing: 'granted' });
    window.tracker.track('Plan Chosen', { product: 'p-4' });
  });
  klaviyo.fault({ kind: 'none' });
  await expect.poll(() => numbersAt(klaviyo.accepted()), PATIENTLY).toEqual([4]);
  await expect.poll(async () => (await statsOf(page)).destinations.klaviyo, PATIENTLY).toMatchObject({ waiting: 0 });
  expect(numbersAt(klaviyo.accepted())).toEqual([4]);
});

test('consent is asked of the record too: a destination that gets another purpose does not get what was stored before', async ({
  page,
  site,
}) => {
  site.options.consent = { analytics: 'granted', marketing: 'granted' };
  site.options.destinations = { relay: { endpoint: '/t' } };
  site.collector.reply = () => ({ status: 500 });
  await page.goto('/');
  await trackNumbers(page, 1, 2);
  await page.evaluate(() => window.tracker.flush());
  await page.goto('/elsewhere');
  site.options.destinations = { relay: { endpoint: '/t', purpose: 'marketing' } };
  site.collector.reply = () => ({ status: 200 });
  await page.goto('/');
  await trackNumbers(page, 3, 3);
  await expect.poll(() => numbersIn(site.collector.accepted), { timeout: 15_000 }).toEqual([3]);
  await expect
    .poll(async () => (await statsOf(page)).destinations.relay, PATIENTLY)
    .toMatchObject({ dropped: { refused: 2 } });
});

test.describe('a page in the back/forward cache, which hears of no refusal, where nothing is remembered', () => {
  test.beforeEach(async ({ page, site }) => {
    site.options.consentOptions = { remember: false };
    site.script = RESTORED_SCRIPT;
    // Chromium tells such a page afterwards what was stored; Firefox and WebKit do not.
    await page.addInitScript(() => addEventListener('storage', (event) => event.stopImmediatePropagation()));
  });

  test('stops what was refused meanwhile, and goes on with the rest', async ({ page, site, vendors: { klaviyo } }) => {
    await page.goto('/a');
    await choose(page, 'granted');
    await trackNumbers(page, 1, 1);
    await expect.poll(() => numbersAt(klaviyo.accepted()), PATIENTLY).toEqual([1]);
    await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual([1]);
    const refuse = async () => {
      await choose(page, { analytics: 'granted', marketing: 'denied' });
      await expect.poll(async () => textOf(await storedBy(page)), PATIENTLY).not.toContain('klaviyo ');
    };
    await leaveAndReturn(page, '/b', refuse, () => choose(page, 'granted'));
    await trackNumbers(page, 2, 3);
    await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual(upTo(3));
    await page.evaluate(() => window.tracker.flush());
    expect(numbersAt(klaviyo.accepted())).toEqual([1]);
    expect(textOf(await storedBy(page))).not.toContain('klaviyo ');
  });

  test('stores nothing again after a refusal of everything', async ({ page, site }) => {
    // Chromium gives a page up whose database is deleted; without one it keeps the page, as Firefox and WebKit do.
    await page.addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined }));
    await page.goto('/a');
    await choose(page, 'granted');
    await trackNumbers(page, 1, 1);
    await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual([1]);
    await leaveAndReturn(
      page,
      '/b',
      () => choose(page, 'denied'),
      () => choose(page, 'granted'),
    );
    await trackNumbers(page, 2, 3);
    await page.evaluate(() => window.tracker.flush());
    expect(await statsOf(page)).toMatchObject({ dropped: { denied: 2 } });
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
    expect(numbersIn(site.collector.accepted)).toEqual([1]);
  });

  test('goes on where nobody refused', async ({ page, site }) => {
    await page.goto('/a');
    await leaveAndReturn(
      page,
      '/b',
      () => {},
      () => choose(page, 'granted'),
    );
    await trackNumbers(page, 1, 1);
    await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual([1]);
  });
});

/** Starts a tracker that keeps the visitor in cookies of the whole site, on a page that has the library only. */
const startWithCookies = (page: Page, first: string, remember: boolean) =>
  page.evaluate(
    ([its, isRemembered]) => {
      const { createTracker, relay, consent, cookieStorage } = window.lib;
      window.tracker = createTracker({
        consent: consent(its as 'granted', { remember: isRemembered as boolean }),
        destinations: [relay({ endpoint: '/t' }), relay({ name: 'ads', endpoint: '/t', purpose: 'marketing' })],
        storage: cookieStorage({ domain: 'site.localhost' }),
        pageViews: 'off',
        flushAfterMs: 50,
      });
    },
    [first, remember] as const,
  );

for (const remember of [true, false]) {
  const kept = remember ? 'nothing but the refusal itself' : '0 bytes';
  test(`with cookies of the whole site nothing is stored before a grant, and ${kept} after a refusal, at any subdomain`, async ({
    context,
    page,
    site,
  }) => {
    const at = (host: string) => `http://${host}.site.localhost:${new URL(site.origin).port}/bare`;
    const other = await context.newPage();
    await page.goto(at('shop'));
    await other.goto(at('blog'));
    for (const tab of [page, other]) {
      await startWithCookies(tab, 'pending', remember);
      await trackNumbers(tab, 1, 2);
      await tab.evaluate(() => window.tracker.flush());
      expect(await storedBy(tab)).toEqual(NOTHING_STORED);
    }
    expect(site.collector.requests).toEqual([]);

    site.collector.reply = () => ({ status: 500 });
    for (const tab of [page, other]) {
      await choose(tab, 'granted');
      await expect.poll(async () => (await statsOf(tab)).destinations.ads?.retries, PATIENTLY).toBeGreaterThan(0);
    }
    const cookies = ['tracklet_choice', 'tracklet_session', 'tracklet_visitor'];
    expect([...(await storedBy(page)).cookies].sort()).toEqual(cookies);
    await choose(page, { marketing: 'denied' });
    // Told by the browser, and asked before anything is sent.
    await expect.poll(async () => textOf(await storedBy(other)), PATIENTLY).not.toContain('ads ');
    await expect.poll(async () => textOf(await storedBy(page)), PATIENTLY).not.toContain('ads ');
    await choose(page, 'denied');
    const nothing = remember
      ? { ...NOTHING_STORED, cookies: ['tracklet_choice'], localStorage: { 'tracklet:consent': '{"*":"denied"}' } }
      : NOTHING_STORED;
    await expect.poll(() => storedBy(page), PATIENTLY).toEqual(nothing);
    await expect.poll(() => storedBy(other), PATIENTLY).toEqual(nothing);
    const sent = site.collector.requests.length;
    for (const tab of [page, other]) {
      await trackNumbers(tab, 3, 4);
      await tab.evaluate(() => window.tracker.flush());
      expect(await statsOf(tab)).toMatchObject({ dropped: { denied: 2 } });
    }
    await other.reload();
    await startWithCookies(other, remember ? 'granted' : 'pending', remember);
    await trackNumbers(other, 5, 6);
    await other.evaluate(() => window.tracker.flush());
    await passed(other, 500);
    expect(await storedBy(other)).toEqual(nothing);
    expect(site.collector.requests.length).toBe(sent);
  });
}

test.describe('trackers that share a visitor', () => {
  type Name = 'tracklet' | 'ads';

  /** Starts `ads`, which shares the visitor of `tracklet`, and that one too if it is named. */
  const startTrackers = (page: Page, names: readonly Name[]) =>
    page.evaluate((wanted) => {
      const { createTracker, relay, consent } = window.lib;
      const trackers = wanted.map((name) => [
        name,
        createTracker({
          name,
          ...(name === 'ads' && { shareVisitorWith: 'tracklet' }),
          consent: consent('pending', { remember: false }),
          destinations: [relay({ endpoint: '/t' })],
          pageViews: 'off',
          flushAfterMs: 50,
        }),
      ]);
      Object.assign(window, { trackers: Object.fromEntries(trackers) });
    }, names);
  const tell = (page: Page, name: Name, choice: 'granted' | 'denied') =>
    page.evaluate(`trackers['${name}'].consent('${choice}')`);
  const trackOn = (page: Page, name: Name) => page.evaluate(`trackers['${name}'].track('Plan Chosen')`);
  const visitors = (site: Site) => site.collector.accepted.map(({ visitor }) => visitor.anonymousId);
  const arrived = (site: Site, count: number) =>
    expect.poll(() => site.collector.accepted.length, PATIENTLY).toBe(count);

  test('leave nothing of it after a refusal to the only one that was agreed to', async ({ page, site }) => {
    await page.goto('/bare');
    await startTrackers(page, ['ads']);
    await tell(page, 'ads', 'granted');
    await trackOn(page, 'ads');
    await arrived(site, 1);
    await tell(page, 'ads', 'denied');
    await expect.poll(() => storedBy(page), PATIENTLY).toEqual(NOTHING_STORED);
  });

  test('leave nothing of it after a refusal to both, whatever came between', async ({ page, site }) => {
    await page.goto('/bare');
    await startTrackers(page, ['tracklet', 'ads']);
    for (const name of ['tracklet', 'ads'] as const) {
      await tell(page, name, 'granted');
      await trackOn(page, name);
    }
    await arrived(site, 2);
    await tell(page, 'tracklet', 'denied');
    await trackOn(page, 'ads');
    await arrived(site, 3);
    const [first, second, third] = visitors(site);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    await tell(page, 'ads', 'denied');
    await expect.poll(() => storedBy(page), PATIENTLY).toEqual(NOTHING_STORED);
  });

  test('keep it while the one whose it is may', async ({ page, site }) => {
    await page.goto('/bare');
    await startTrackers(page, ['tracklet', 'ads']);
    for (const name of ['tracklet', 'ads'] as const) {
      await tell(page, name, 'granted');
      await trackOn(page, name);
    }
    await arrived(site, 2);
    await tell(page, 'ads', 'denied');
    await expect.poll(async () => textOf(await storedBy(page)), PATIENTLY).not.toContain('"ads');
    await trackOn(page, 'tracklet');
    await arrived(site, 3);
    expect(new Set(visitors(site)).size).toBe(1);
  });
});

test.describe('a browser that says Global Privacy Control', () => {
  test.beforeEach(({ page }) =>
    page.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })),
  );

  for (const [how, consent] of [
    ['a tracker that waits for nobody', undefined],
    ['consent by default', 'granted'],
    ['consent by name, which is the site’s word', { analytics: 'granted', marketing: 'granted' }],
  ] as const) {
    test(`keeps marketing off, with ${how}`, async ({ page, site, vendors: { klaviyo } }) => {
      site.options = { ...site.options, ...(consent ? { consent } : { consent: undefined }) } as typeof site.options;
      await page.goto('/');
      await trackNumbers(page, 1, 2);
      await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual([1, 2]);
      await page.evaluate(() => window.tracker.flush());
      expect(klaviyo.requests()).toEqual([]);
      expect(textOf(await storedBy(page))).not.toContain('klaviyo');
    });
  }

  test('leaves a tracker without any other destination with nothing to do, and nothing to store', async ({
    page,
    site,
  }) => {
    const { relay: _, ...marketing } = site.options.destinations;
    site.options = { destinations: marketing };
    await page.goto('/');
    await trackNumbers(page, 1, 2);
    await page.evaluate(() => window.tracker.identify('u-42'));
    await page.evaluate(() => window.tracker.flush());
    expect(await statsOf(page)).toMatchObject({ destinations: {} });
    expect(await storedBy(page)).toEqual(NOTHING_STORED);
    // Its name is free again.
    await page.evaluate(() => {
      const { createTracker, relay } = window.lib;
      createTracker({ destinations: [relay({ endpoint: '/t' })], pageViews: 'off' }).track('Plan Chosen');
    });
    await expect.poll(() => site.collector.accepted.length, PATIENTLY).toBe(1);
  });

  for (const [how, options, choice] of [
    ['agrees to everything', { consent: 'granted' }, 'granted'],
    ['agrees to it by name', { consent: 'granted' }, { marketing: 'granted' }],
    ['is not believed by the site', { consent: 'granted', consentOptions: { signals: [] } }, {}],
  ] as const) {
    test(`has marketing again for a visitor who ${how}`, async ({ page, site, vendors: { klaviyo } }) => {
      Object.assign(site.options, options);
      await page.goto('/');
      await choose(page, choice);
      await trackNumbers(page, 1, 1);
      await expect.poll(() => numbersAt(klaviyo.accepted()), PATIENTLY).toEqual([1]);
    });
  }
});

test('Do Not Track refuses everything where the site wants it to, and nothing by default', async ({ page, site }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'doNotTrack', { value: '1' }));
  site.options.consent = 'granted';
  await page.goto('/');
  await trackNumbers(page, 1, 1);
  await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual([1]);
  site.options.consentOptions = { signals: ['gpc', 'dnt'] };
  await page.goto('/next');
  await trackNumbers(page, 2, 2);
  expect(await statsOf(page)).toMatchObject({ dropped: { denied: 1 } });
  await expect.poll(() => storedBy(page), PATIENTLY).toEqual(NOTHING_STORED);
});

test('the script tag waits by data-consent, and goes on when told', async ({ page, site }) => {
  const tag = `<script async src="/tracklet.js" data-relay="/t" data-page-views="off" data-consent="pending"></script>`;
  site.pages.set('/', `<!doctype html><title>Tag</title>${tag}`);
  await page.goto('/');
  await page.waitForFunction('window.tracklet?.tracker');
  await page.evaluate("tracklet('track', 'Seen', { product: 'p-1' }), tracklet('flush')");
  expect(await storedBy(page)).toEqual(NOTHING_STORED);
  expect(site.collector.requests).toEqual([]);
  await page.evaluate("tracklet('consent', 'granted')");
  await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual([1]);
});

test('a choice that is none is said in the console and changes nothing', async ({ page, site, troubles }) => {
  site.options.consent = 'granted';
  await page.goto('/');
  for (const choice of ['yes', { marketing: true }, 7, null]) await choose(page, choice as string);
  await trackNumbers(page, 1, 1);
  await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual([1]);
  expect(troubles.splice(0)).toEqual(Array(4).fill(expect.stringContaining("'granted', 'pending', 'denied'")));
  delete site.options.consent;
  await page.goto('/next');
  await choose(page, 'denied');
  expect(troubles.splice(0)).toEqual([expect.stringContaining("consent('pending')")]);
});

test('follows a consent manager of the IAB framework: nothing while it asks, then purpose by purpose', async ({
  page,
  site,
  vendors: { klaviyo },
}) => {
  site.options.consentOptions = { remember: false };
  await page.addInitScript(() => {
    const listeners = new Map<number, (data: object, success: boolean) => void>();
    const told = { eventStatus: 'cmpuishown', gdprApplies: true, purpose: { consents: {} } };
    const api = (command: string, _version: number, callback: (data: object, success: boolean) => void, id = 0) => {
      if (command === 'removeEventListener') return void listeners.delete(id);
      listeners.set(1, callback);
      callback({ ...told, listenerId: 1 }, true);
    };
    const answer = (consents: object) => {
      Object.assign(told, { eventStatus: 'useractioncomplete', purpose: { consents } });
      for (const [listenerId, listener] of listeners) listener({ ...told, listenerId }, true);
    };
    Object.assign(window, { __tcfapi: api, answer, listeners });
  });
  site.script = 'var stop = lib.followTcf(tracker);';
  await page.goto('/');
  await trackNumbers(page, 1, 1);
  await page.evaluate(() => window.tracker.flush());
  expect(await storedBy(page)).toEqual(NOTHING_STORED);
  await page.evaluate('answer({ 1: true, 8: true })');
  await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual([1]);
  await trackNumbers(page, 2, 2);
  await page.evaluate('answer({ 1: true, 3: true, 4: true, 8: true })');
  await trackNumbers(page, 3, 3);
  await expect.poll(() => numbersAt(klaviyo.accepted()), PATIENTLY).toEqual([3]);
  await page.evaluate('answer({})');
  await expect.poll(() => storedBy(page), PATIENTLY).toEqual(NOTHING_STORED);
  expect(await page.evaluate('(stop(), listeners.size)')).toBe(0);
});

test("follows Google's consent mode, what was said before too, and leaves dataLayer as it was", async ({
  page,
  site,
  vendors: { klaviyo },
}) => {
  site.options.consentOptions = { remember: false };
  await page.addInitScript(() => {
    const dataLayer: unknown[] = [];
    Object.assign(window, {
      dataLayer,
      gtag: (...args: unknown[]) => dataLayer.push(args),
    });
  });
  site.script = `
    gtag('consent', 'default', { analytics_storage: 'denied', ad_storage: 'denied', wait_for_update: 500 });
    gtag('consent', 'default', { analytics_storage: 'granted', region: ['US'] });
    var stop = lib.followGoogleConsent(tracker);
  `;
  await page.goto('/');
  await trackNumbers(page, 1, 1);
  await page.evaluate("gtag('event', 'click'), dataLayer.push(null, 7), tracker.flush()");
  expect(await storedBy(page)).toEqual(NOTHING_STORED);
  await page.evaluate("gtag('consent', 'update', { analytics_storage: 'granted' })");
  await expect.poll(() => numbersIn(site.collector.accepted), PATIENTLY).toEqual([1]);
  expect(klaviyo.requests()).toEqual([]);
  const all = "{ ad_storage: 'granted', ad_user_data: 'granted', ad_personalization: 'granted' }";
  await page.evaluate(`gtag('consent', 'update', ${all})`);
  await expect.poll(() => numbersAt(klaviyo.accepted()), PATIENTLY).toEqual([1]);
  await page.evaluate("gtag('consent', 'update', { analytics_storage: 'denied', ad_user_data: 'denied' })");
  await expect.poll(() => storedBy(page), PATIENTLY).toEqual(NOTHING_STORED);
  expect(await page.evaluate('(stop(), dataLayer.push === Array.prototype.push)')).toBe(true);
});
