import type { Page } from '@playwright/test';
import { numbersIn, sorted, upTo } from './support/numbers.js';
import { isNoted, PAGE_SCRIPT, type SiteWorker, watchWorker, workerScript } from './support/service-worker.js';
import type { Site } from './support/site.js';
import { NOTHING_STORED, storedBy, textOf } from './support/stored.js';
import { test as base, expect } from './support/test.js';
import { statsOf, toldIn, trackNumbers, waitingIn } from './support/tracker-in.js';

const test = base.extend<{ worker: SiteWorker }>({
  worker: async ({ context, site }, use) => use(await watchWorker(context, site)),
});

test.beforeEach(({ site }) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, pageViews: 'off', flushAfterMs: 50 };
  site.worker = workerScript();
  site.script = PAGE_SCRIPT;
});

async function openPage(page: Page): Promise<void> {
  await page.goto('/');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
}

/** Tracks, and waits until the first attempt to send has failed and everything is where the worker finds it. */
async function trackInVain(page: Page, first: number, last: number): Promise<void> {
  await trackNumbers(page, first, last);
  await expect.poll(() => isNoted(page)).toBe(true);
  await expect.poll(async () => (await toldIn(page, 'retry')).length).toBeGreaterThan(0);
}

/** A page that is opened afterwards finds nothing to send, so nothing arrives a second time. */
async function expectOnce(page: Page, site: Site, count: number): Promise<void> {
  await page.goto('/later');
  await page.evaluate(() => window.tracker.flush());
  await expect.poll(() => waitingIn(page), { timeout: 30_000 }).toBe(0);
  expect(sorted(numbersIn(site.collector.accepted))).toEqual(upTo(count));
  expect((await statsOf(page)).destinations.relay).toMatchObject({ sent: count, bytes: 0 });
}

/** The machine may be busy; what is waited for does not depend on how long it takes. */
const PATIENTLY = { timeout: 20_000 };

const byWorker = (site: Site) =>
  site.collector.requests.filter(({ headers }) => headers.referer?.endsWith('/worker.js'));

test('offline, tracked, tab closed: the browser’s own sync delivers once the network is back, with no page open', async ({
  context,
  page,
  site,
  worker,
}) => {
  await openPage(page);
  await context.setOffline(true);
  await trackInVain(page, 1, 30);
  await page.close();
  expect(site.collector.requests).toEqual([]);
  await context.setOffline(false);
  await expect.poll(() => sorted(numbersIn(site.collector.accepted)), { timeout: 20_000 }).toEqual(upTo(30));
  await expect.poll(() => worker.outcomes()).toContain('done');
  expect(byWorker(site)).toHaveLength(site.collector.requests.length);
  await expectOnce(await context.newPage(), site, 30);
});

test('the server is down until all tabs are closed: a sync delivers each event once, in order', async ({
  context,
  page,
  site,
  worker,
}) => {
  const other = await context.newPage();
  await openPage(page);
  await openPage(other);
  await site.goDown();
  await trackInVain(page, 1, 50);
  await page.close();
  await trackInVain(other, 51, 60);
  await other.close();
  expect(await worker.sync()).toBe('kept');
  await site.comeUp();
  await expect.poll(() => worker.sync(), { timeout: 20_000 }).toBe('done');
  expect(numbersIn(site.collector.accepted)).toEqual(upTo(60));
  await expect.poll(() => worker.sync(), { timeout: 20_000 }).toBe('done');
  await expectOnce(await context.newPage(), site, 60);
});

test('a server that answers 500 to the sync gets the events at a later one', async ({
  context,
  page,
  site,
  worker,
}) => {
  // Longer than a sync has patience.
  site.collector.reply = () => ({ status: 500, headers: { 'retry-after': '6' } });
  await openPage(page);
  await trackInVain(page, 1, 30);
  await page.close();
  const trySync = async () => [await worker.sync(), byWorker(site).length];
  await expect.poll(trySync, { timeout: 20_000 }).toEqual(['kept', 1]);
  expect(site.collector.accepted).toEqual([]);
  site.collector.reply = () => ({ status: 200 });
  await expect.poll(() => worker.sync(), { timeout: 20_000 }).toBe('done');
  expect(numbersIn(site.collector.accepted)).toEqual(upTo(30));
  await expectOnce(await context.newPage(), site, 30);
});

test('while a page is open, hidden ones included, a sync leaves delivery to it', async ({
  context,
  page,
  site,
  worker,
}) => {
  site.collector.reply = () => ({ status: 500 });
  const other = await context.newPage();
  await openPage(page);
  await openPage(other);
  await trackInVain(page, 1, 20);
  await page.close();
  expect(await worker.sync()).toBe('kept');
  expect(byWorker(site)).toEqual([]);
  site.collector.reply = () => ({ status: 200 });
  expect(await worker.sync()).toBe('kept');
  await other.evaluate(() => window.tracker.flush());
  await expect.poll(() => waitingIn(other), { timeout: 20_000 }).toBe(0);
  expect(byWorker(site)).toEqual([]);
  await expectOnce(other, site, 20);
});

test('a page that is opened while the worker sends waits for its answer and doubles nothing', async ({
  context,
  page,
  site,
  worker,
}) => {
  await openPage(page);
  await site.goDown();
  await trackInVain(page, 1, 60);
  await page.close();
  let answer = () => {};
  const after = new Promise<void>((resolve) => {
    answer = resolve;
  });
  site.collector.reply = () => (site.collector.requests.length === 1 ? { status: 200, after } : { status: 200 });
  await site.comeUp();
  const outcome = worker.sync();
  await expect.poll(() => byWorker(site).length).toBe(1);
  const next = await context.newPage();
  await openPage(next);
  await trackNumbers(next, 61, 70);
  answer();
  await outcome;
  await expect.poll(() => waitingIn(next), { timeout: 20_000 }).toBe(0);
  expect(sorted(numbersIn(site.collector.accepted))).toEqual(upTo(70));
  await expectOnce(next, site, 70);
});

test('what was on its way when the last tab was closed is not sent again to a vendor that keeps repeats', async ({
  context,
  page,
  site,
  worker,
}) => {
  await openPage(page);
  const never = new Promise<void>(() => {});
  site.collector.reply = () => ({ status: 200, after: never });
  await trackNumbers(page, 1, 10);
  await expect.poll(() => site.collector.requests.length).toBe(1);
  // The vendor has not proven well yet, so these are not sent at exit.
  await trackNumbers(page, 11, 20);
  await expect.poll(() => waitingIn(page)).toBe(20);
  await expect.poll(() => isNoted(page)).toBe(true);
  await page.close();
  site.collector.reply = () => ({ status: 200 });
  await expect.poll(() => worker.sync(), { timeout: 30_000 }).toBe('done');
  expect(numbersIn(site.collector.accepted)).toEqual(upTo(20));
  const next = await context.newPage();
  await expectOnce(next, site, 20);
  expect((await statsOf(next)).destinations.relay).toMatchObject({ unconfirmed: 10 });
});

test('what the journal holds as well is left to the next page, which does not bring back what was sent', async ({
  context,
  page,
  site,
  worker,
}) => {
  // Before the tracker hears of it: its transaction is pending when the page goes.
  await page.addInitScript(() =>
    addEventListener('pagehide', () => {
      for (let number = 21; number <= 30; number++) window.tracker.track('Plan Chosen', { product: `p-${number}` });
    }),
  );
  await openPage(page);
  await site.goDown();
  await trackInVain(page, 1, 20);
  await page.close();
  await site.comeUp();
  await expect.poll(() => worker.sync(), { timeout: 20_000 }).toBe('done');
  expect(numbersIn(site.collector.accepted)).toEqual(upTo(20));
  await expectOnce(await context.newPage(), site, 30);
});

test.describe('with consent', () => {
  /** The worker is the site's own. */
  const NOTHING = { ...NOTHING_STORED, serviceWorkers: 1 };
  const choose = (page: Page, choice: string | object) =>
    page.evaluate((its) => window.tracker.consent(its as 'granted'), choice);

  test.beforeEach(({ site }) => {
    site.options.consent = 'pending';
    site.options.consentOptions = { remember: false };
  });

  /** A visit that agrees, and leaves behind events for a sync, a note, and a sync that waits for the network. */
  async function leaveEvents(page: Page, site: Site): Promise<void> {
    await openPage(page);
    await choose(page, 'granted');
    await site.goDown();
    await trackInVain(page, 1, 10);
  }

  test('nothing is stored before a grant, and nothing is left after a refusal as the page is loaded', async ({
    context,
    page,
    site,
    worker,
  }) => {
    await openPage(page);
    await trackNumbers(page, 1, 5);
    await page.evaluate(() => window.tracker.flush());
    expect(await worker.sync()).toBe('done');
    expect(await storedBy(page)).toEqual(NOTHING);

    await leaveEvents(page, site);
    const next = await context.newPage();
    await site.comeUp();
    site.script = `${PAGE_SCRIPT} tracker.consent('denied');`;
    await next.goto('/next');
    for (const tab of [next, page]) await expect.poll(() => storedBy(tab), PATIENTLY).toEqual(NOTHING);
    // The first page may have sent before it heard of the refusal.
    const { length } = site.collector.requests;
    for (const tab of [next, page]) await trackNumbers(tab, 11, 15);
    await page.close();
    // Registering once more finds nothing, and leaves it so.
    await next.goto('/later');
    expect(await worker.sync()).toBe('done');
    await expect.poll(() => storedBy(next), PATIENTLY).toEqual(NOTHING);
    expect(site.collector.requests).toHaveLength(length);
  });

  test('nothing is left after a refusal on a page that registers nothing, whatever the worker then does', async ({
    context,
    page,
    site,
    worker,
  }) => {
    await leaveEvents(page, site);
    await page.close();
    // Until the refusal, the next page may try to deliver what it found, and so may the worker.
    site.collector.reply = () => ({ status: 503 });
    await site.comeUp();
    site.script = '';
    const next = await context.newPage();
    await next.goto('/next');
    await choose(next, 'denied');
    await expect.poll(() => storedBy(next), PATIENTLY).toEqual(NOTHING);
    const { length } = site.collector.requests;
    site.collector.reply = () => ({ status: 200 });
    expect(await worker.sync()).toBe('done');
    await next.goto('/elsewhere');
    expect(await worker.sync()).toBe('done');
    await next.goto('/bare');
    expect(await storedBy(next)).toEqual(NOTHING);
    expect(site.collector.requests).toHaveLength(length);
    expect(site.collector.accepted).toEqual([]);
  });

  test('a refusal ends a sync that is under way, which sends and stores nothing more', async ({
    context,
    page,
    site,
    worker,
  }) => {
    await leaveEvents(page, site);
    await page.close();
    let answer = () => {};
    const after = new Promise<void>((resolve) => {
      answer = resolve;
    });
    site.collector.reply = () => ({ status: 200, after });
    await site.comeUp();
    const outcome = worker.sync();
    await expect.poll(() => byWorker(site).length, PATIENTLY).toBe(1);
    const next = await context.newPage();
    await next.goto('/next');
    await choose(next, 'denied');
    await expect.poll(() => storedBy(next), PATIENTLY).toEqual(NOTHING);
    answer();
    expect(await outcome).toBe('done');
    expect(await storedBy(next)).toEqual(NOTHING);
    expect(site.collector.requests).toHaveLength(1);
  });

  test('of a purpose that is withdrawn nothing is left for the worker either, and the rest goes on', async ({
    context,
    page,
    site,
    worker,
    vendors: { klaviyo },
  }) => {
    site.options.destinations = {
      relay: { endpoint: '/t' },
      klaviyo: { companyId: 'DEMO01', endpoint: klaviyo.url, name: 'adverts', purpose: 'marketing' },
    };
    klaviyo.fault({ kind: 'hang' });
    await openPage(page);
    await choose(page, 'granted');
    await trackNumbers(page, 1, 10);
    // Its note says that they are on their way, for what is answered within three seconds.
    await expect.poll(() => klaviyo.requests().length, PATIENTLY).toBeGreaterThan(0);
    await expect.poll(async () => (await statsOf(page)).destinations.relay, PATIENTLY).toMatchObject({ sent: 10 });
    await page.goto('/bare');
    site.script = '';
    await page.goto('/next');
    await choose(page, { analytics: 'granted', marketing: 'denied' });
    await expect.poll(async () => textOf(await storedBy(page)), PATIENTLY).not.toContain('adverts');
    await page.evaluate(() => window.tracker.flush());

    site.script = PAGE_SCRIPT;
    await page.goto('/third');
    await choose(page, { analytics: 'granted', marketing: 'denied' });
    await site.goDown();
    await trackInVain(page, 11, 20);
    expect(textOf(await storedBy(page))).not.toContain('adverts');
    await page.close();
    await site.comeUp();
    await expect.poll(() => worker.sync(), PATIENTLY).toBe('done');
    expect(sorted(numbersIn(site.collector.accepted))).toEqual(upTo(20));
    site.options.consent = { analytics: 'granted' };
    await expectOnce(await context.newPage(), site, 20);
  });

  test('a worker whose destination is for something else leaves it what was stored without consent to that', async ({
    page,
    site,
    worker,
  }) => {
    site.worker = workerScript(`[lib.relay({ endpoint: '/t', purpose: 'marketing' })]`);
    await openPage(page);
    await choose(page, { analytics: 'granted' });
    await site.goDown();
    await trackInVain(page, 1, 5);
    await page.goto('about:blank');
    await site.comeUp();
    expect(await worker.sync()).toBe('done');
    expect(site.collector.requests).toEqual([]);
  });
});

test('where the browser has no Background Sync, registering does nothing', async ({ page, site }) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'SyncManager'));
  await openPage(page);
  await site.goDown();
  await trackNumbers(page, 1, 5);
  await expect.poll(async () => (await toldIn(page, 'retry')).length).toBeGreaterThan(0);
  expect(await isNoted(page)).toBe(false);
  await site.comeUp();
  await expect.poll(() => sorted(numbersIn(site.collector.accepted)), { timeout: 20_000 }).toEqual(upTo(5));
});

test('in a sandboxed frame, which has no service workers, registering does nothing and throws nothing', async ({
  page,
  site,
}) => {
  site.pages.set('/bare/framing', '<iframe sandbox="allow-scripts" src="/bare/inner"></iframe>');
  await page.goto('/bare/framing');
  const frame = page.frameLocator('iframe').locator('body');
  await expect.poll(() => frame.evaluate(() => Boolean(window.lib))).toBe(true);
  const outcome = await frame.evaluate(() => {
    try {
      const options = { name: 'framed', destinations: [window.lib.relay({ endpoint: '/t' })] };
      window.lib.registerBackgroundSync(window.lib.createTracker(options), options);
      return 'registered';
    } catch (error) {
      return String(error);
    }
  });
  expect(outcome).toBe('registered');
});
