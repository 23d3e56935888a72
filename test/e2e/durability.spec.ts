import type { BrowserContext, Page } from '@playwright/test';
import { allVendors } from './support/all-vendors.js';
import { prepareToKill } from './support/kill-tab.js';
import { numbersAt, numbersIn, sorted, upTo } from './support/numbers.js';
import type { Site } from './support/site.js';
import { expect, test, type Vendors } from './support/test.js';
import { statsOf, trackNumbers, waitingIn } from './support/tracker-in.js';

const BURST = 500;
const trackBurst = `
  for (let number = 1; number <= ${BURST}; number++) tracker.track('Plan Chosen', { product: 'p-' + number });
`;

async function expectBurstOnce(page: Page, vendors: Vendors): Promise<void> {
  // Three of the vendors take one event per request, and a busy machine has its own pace.
  test.setTimeout(150_000);
  await expect.poll(() => waitingIn(page), { timeout: 120_000 }).toBe(0);
  for (const vendor of Object.values(vendors)) {
    expect(sorted(numbersAt(vendor.accepted())), vendor.name).toEqual(upTo(BURST));
  }
}

async function identifyOn(page: Page, site: Site, vendors: Vendors): Promise<void> {
  site.options = { destinations: allVendors(vendors), pageViews: 'off' };
  await page.goto('/');
  await page.evaluate(async () => {
    window.tracker.identify('u-42', { email: 'mia@example.org' });
    await window.tracker.flush();
  });
}

test('500 events, then a navigation in the same task: all arrive, once per vendor', async ({ page, site, vendors }) => {
  await identifyOn(page, site, vendors);
  await page.evaluate(`${trackBurst} location.href = '/next';`);
  await page.waitForURL('/next');
  await expectBurstOnce(page, vendors);
});

test('500 events before the database is open, then a navigation in the same task: all arrive, once per vendor', async ({
  page,
  site,
  vendors,
}) => {
  await identifyOn(page, site, vendors);
  site.script = `if (location.pathname === '/burst') { ${trackBurst} location.href = '/next'; }`;
  await page.evaluate("location.href = '/burst'");
  await page.waitForURL('/next');
  await expectBurstOnce(page, vendors);
});

test('while the next page loads nothing more is sent, so nobody has to guess what arrived; the next page sends it', async ({
  page,
  site,
}) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, pageViews: 'off', flushAfterMs: 50 };
  await page.goto('/');
  await trackNumbers(page, 1, 1);
  await expect.poll(() => waitingIn(page)).toBe(0);
  const asked = new Promise<() => void>((load) => {
    site.calls.set('/next', () => new Promise<void>((resolve) => load(resolve)));
  });
  const flushed = page.evaluate(async () => {
    window.tracker.track('Plan Chosen', { product: 'p-2' });
    location.href = '/next';
    // Longer than any event waits.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await window.tracker.flush();
  });
  const load = await asked;
  await flushed;
  expect(numbersIn(site.collector.accepted)).toEqual([1]);
  load();
  await page.waitForURL('/next');
  await expect.poll(() => waitingIn(page)).toBe(0);
  expect(numbersIn(site.collector.accepted)).toEqual([1, 2]);
  expect((await statsOf(page)).destinations.relay).toMatchObject({ sent: 2, unconfirmed: 0 });
});

test('a navigation that ends in nothing holds nothing up', async ({ page, site }) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, pageViews: 'off', flushAfterMs: 50 };
  await page.goto('/');
  site.calls.set('/never', () => new Promise(() => {}));
  await page.evaluate(() => {
    location.href = '/never';
    window.tracker.track('Plan Chosen', { product: 'p-1' });
    setTimeout(() => window.stop(), 100);
  });
  await expect.poll(() => numbersIn(site.collector.accepted)).toEqual([1]);
});

for (const [where, from] of [
  ['of one site', () => undefined],
  ['with other sites in between', (site: Site) => site.elsewhere],
] as const) {
  test(`a visit of 20 pages ${where}: none lost, none sent twice, without deduplication`, async ({ page, site }) => {
    site.options = { destinations: { relay: { endpoint: '/t' } }, pageViews: 'off', flushAfterMs: 50 };
    for (let number = 1; number <= 20; number++) {
      await page.goto(`/page-${number}`);
      const next = (number % 3 === 0 && from(site)) || `/page-${number + 1}`;
      await page.evaluate(
        ([product, url]) => {
          window.tracker.track('Plan Chosen', { product });
          location.href = url;
        },
        [`p-${number}`, next] as const,
      );
      await page.waitForURL(next);
    }
    await page.goto('/last');
    // What a page sent while it was left counts as delivered once the vendor answers again.
    await trackNumbers(page, 21, 21);
    await expect.poll(() => waitingIn(page), { timeout: 20_000 }).toBe(0);
    expect(sorted(numbersIn(site.collector.accepted))).toEqual(upTo(21));
  });
}

for (const [after, prepare] of [
  ['', ''],
  [', after a router has changed the address', "history.pushState({}, '', '/route');"],
] as const) {
  test(`a tab that is closed sends what waits, where the vendor is well${after}`, async ({ context, page, site }) => {
    site.options = { destinations: { relay: { endpoint: '/t' } }, pageViews: 'off', flushAfterMs: 60_000 };
    const other = await context.newPage();
    await other.goto('/bare');
    await page.goto('/');
    await trackNumbers(page, 1, 1);
    await page.evaluate(() => window.tracker.flush());
    await page.evaluate(prepare);
    await trackNumbers(page, 2, 2);
    await page.close();
    await expect.poll(() => numbersIn(site.collector.accepted)).toEqual([1, 2]);
  });
}

test('the tab is closed right after track(): delivered on the next visit at the latest, once', async ({
  context,
  page,
  site,
}) => {
  await page.goto('/');
  await trackNumbers(page, 1, 100);
  await page.close();
  await expectOnNextVisit(context, site);
});

for (const [exit, prepare] of [
  ['closed', async (page: Page) => () => page.close()],
  ['killed', prepareToKill],
] as const) {
  test(`the tab is ${exit} before track() is followed by any other task: delivered on the next visit, once`, async ({
    context,
    page,
    site,
  }) => {
    site.calls.set('/exit', await prepare(page));
    await page.goto('/');
    await page.evaluate(() => window.tracker.flush());
    await page.evaluate(`${trackBurst} Promise.resolve().then(${askInTask})`).catch(() => 'the page is gone');
    await expectOnNextVisit(context, site, BURST);
  });
}

test('the tab is killed in the task that starts the tracker: what was tracked is delivered on the next visit', async ({
  context,
  page,
  site,
}) => {
  site.calls.set('/exit', await prepareToKill(page));
  await page.goto('/bare');
  const start = "var tracker = lib.createTracker({ destinations: [lib.relay({ endpoint: '/t' })] });";
  await page.evaluate(`${start} ${trackBurst} (${askInTask})()`).catch(() => 'the page is gone');
  await expectOnNextVisit(context, site, BURST);
});

/** The page's task never ends, as its answer comes once the page is gone. All events of a task share one transaction. */
function askInTask(): void {
  const request = new XMLHttpRequest();
  request.open('GET', '/exit', false);
  request.send();
}

/** Nobody said goodbye, so the events belong to the old page for a while. */
async function expectOnNextVisit(context: BrowserContext, site: Site, count = 100): Promise<void> {
  const next = await context.newPage();
  await next.goto('/');
  const { accepted } = site.collector;
  // A page that could not say goodbye claims what it had on its way for half a minute. Whether events are late or lost
  // shows by whether they wait.
  const state = async () => {
    const arrived = new Set(numbersIn(accepted));
    return { missing: upTo(count).filter((number) => !arrived.has(number)), waiting: await waitingIn(next) };
  };
  await expect.poll(state, { timeout: 45_000 }).toEqual({ missing: [], waiting: 0 });
  expect(sorted(numbersIn(accepted))).toEqual(upTo(count));
}
