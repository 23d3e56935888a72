import type { Page } from '@playwright/test';
import type { Site } from './support/site.js';
import { expect, test } from './support/test.js';

test.beforeEach(({ site }) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, flushAfterMs: 50 };
});

/** Path, query and hash of the page views that arrived, in their order. A view within a page is told a second later. */
async function viewsOf(page: Page, site: Site): Promise<string[]> {
  await page.evaluate(() => window.tracker.flush());
  const views = site.collector.accepted.filter(({ type }) => type === 'page');
  return views.sort((a, b) => a.time - b.time).map((event) => event.page.url.slice(site.origin.length));
}

/** Each in a task of its own, as a visitor's clicks are. */
async function visitByHistory(page: Page, site: Site): Promise<void> {
  await page.evaluate(() => history.pushState({}, '', '/a'));
  await page.evaluate(() => history.pushState({}, '', '/a?q=1'));
  await page.evaluate(() => history.replaceState({ scroll: 7 }, ''));
  await page.evaluate(() => history.pushState({}, '', '/a?q=1'));
  // Any sooner it would be a redirect.
  await expect.poll(() => viewsOf(page, site)).toContain('/a?q=1');
  await page.evaluate(() => history.replaceState({}, '', '/b'));
  await page.evaluate(() => history.pushState({}, '', '/b#part'));
  await page.goBack();
  await page.goBack();
  await page.waitForURL('/a?q=1');
}

for (const [how, prepare] of [
  ['by the Navigation API', () => undefined],
  ['by the patched history, where there is no Navigation API', () => Reflect.deleteProperty(window, 'navigation')],
] as const) {
  test(`page views ${how}: on load and on each change of path or query, once`, async ({ page, site }) => {
    await page.addInitScript(prepare);
    await page.goto('/start');
    await visitByHistory(page, site);
    await expect.poll(() => viewsOf(page, site)).toEqual(['/start', '/a', '/a?q=1', '/b', '/a?q=1']);
  });

  test(`page views ${how}, in hash mode: the fragment counts too`, async ({ page, site }) => {
    site.options.pageViews = 'hash';
    await page.addInitScript(prepare);
    await page.goto('/start');
    await page.evaluate(() => {
      location.hash = 'one';
    });
    await page.evaluate(() => history.pushState({}, '', '#two'));
    await page.goBack();
    await page.waitForURL('/start#one');
    await expect.poll(() => viewsOf(page, site)).toEqual(['/start', '/start#one', '/start#two', '/start#one']);
  });
}

test('a page view has the title that the router sets after the address', async ({ page, site }) => {
  await page.goto('/start');
  await page.evaluate(() => {
    history.pushState({}, '', '/plans');
    document.title = 'Plans';
  });
  await expect.poll(() => viewsOf(page, site)).toEqual(['/start', '/plans']);
  expect(site.collector.accepted[1]?.page).toMatchObject({ path: '/plans', title: 'Plans' });
});

test('a page that takes its time to load is a view after a second, with the title that it has by then', async ({
  page,
  site,
}) => {
  let arrive = () => {};
  site.calls.set('/picture', () => new Promise<void>((resolve) => (arrive = resolve)));
  site.script = "document.write('<img src=/picture>'); document.title = 'By then';";
  await page.goto('/start', { waitUntil: 'commit' });
  await expect.poll(() => site.collector.accepted.length).toBe(1);
  expect(await page.evaluate(() => document.readyState)).toBe('interactive');
  expect(site.collector.accepted[0]?.page.title).toBe('By then');
  arrive();
  await page.waitForLoadState();
  expect(await viewsOf(page, site)).toEqual(['/start']);
});

test('a view of a page that is left while it loads is not lost', async ({ page, site }) => {
  site.calls.set('/picture', () => new Promise(() => {}));
  site.script = `if (location.pathname === '/start') {
    document.write('<img src=/picture>');
    location.href = '/next';
  }`;
  await page.goto('/start', { waitUntil: 'commit' });
  await page.waitForURL('/next');
  await expect.poll(() => viewsOf(page, site)).toEqual(['/start', '/next']);
});

test('a view in the task that leaves the page is not lost', async ({ page, site }) => {
  await page.goto('/start');
  await page.evaluate(() => {
    history.pushState({}, '', '/last-words');
    location.href = '/next';
  });
  await page.waitForURL('/next');
  await expect.poll(() => viewsOf(page, site)).toEqual(['/start', '/last-words', '/next']);
});

test('with pageViews off only page() tells of a view', async ({ page, site }) => {
  site.options.pageViews = 'off';
  await page.goto('/start');
  await page.evaluate(() => history.pushState({}, '', '/a'));
  await page.evaluate(() => window.tracker.page('Plans', { tab: 2 }));
  await expect.poll(() => viewsOf(page, site)).toEqual(['/a']);
  expect(site.collector.accepted).toMatchObject([{ type: 'page', name: 'Plans', properties: { tab: 2 } }]);
});

test('the campaign that led to the visit stays with its events', async ({ page, site }) => {
  await page.goto('/?utm_source=letter&utm_campaign=spring&gclid=abc');
  await page.goto('/plans');
  await expect.poll(() => viewsOf(page, site)).toHaveLength(2);
  const campaigns = site.collector.accepted.map(({ context }) => context.campaign);
  expect(campaigns).toEqual(Array(2).fill({ source: 'letter', campaign: 'spring', gclid: 'abc' }));
});
