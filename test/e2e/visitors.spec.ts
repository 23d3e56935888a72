import type { Page } from '@playwright/test';
import { expect, test } from './support/test.js';

interface Options {
  name?: string;
  /** Of the cookies; `host` for the host alone. */
  domain?: 'host' | 'localhost';
  shareVisitorWith?: string;
  pageViews?: 'auto';
}

/** Starts a tracker on a page that has the library only; `kept` says where the visitor is. */
const start = (page: Page, kept: 'cookies' | 'memory' | 'localStorage', options: Options = {}) =>
  page.evaluate(
    ([where, { domain = location.hostname.split('.').slice(-2).join('.'), ...more }]) => {
      const { lib } = window;
      const storage = {
        cookies: () => lib.cookieStorage(domain === 'host' ? {} : { domain }),
        memory: lib.memoryStorage,
      };
      const tracker = lib.createTracker({
        destinations: [lib.relay({ endpoint: '/t' })],
        pageViews: 'off',
        flushAfterMs: 50,
        ...(where !== 'localStorage' && { storage: storage[where]() }),
        ...more,
      });
      if (!more.name) window.tracker = tracker;
    },
    [kept, options] as const,
  );

const keysOf = (page: Page) => page.evaluate(() => Object.keys(localStorage).sort());

test('kept in cookies, subdomains share visitor and session, and traits do not travel with requests', async ({
  page,
  context,
  site,
}) => {
  const port = new URL(site.origin).port;
  await page.goto(`http://shop.site.localhost:${port}/bare`);
  await start(page, 'cookies');
  await page.evaluate(() => {
    window.tracker.identify('u-1', { email: 'mia@example.org', plan: 'team', ids: { airshipChannel: 'c-1' } });
    window.tracker.track('Here');
  });
  await expect.poll(() => site.collector.accepted.length).toBe(2);
  await page.goto(`http://blog.site.localhost:${port}/bare`);
  await start(page, 'cookies');
  await page.evaluate(() => window.tracker.track('There'));
  await expect.poll(() => site.collector.accepted.length).toBe(3);
  // What is known here of the same person is added again.
  await page.goto(`http://shop.site.localhost:${port}/bare`);
  await start(page, 'cookies');
  await page.evaluate(() => window.tracker.track('Back'));
  await expect.poll(() => site.collector.accepted.length).toBe(4);

  const [, here, there, back] = site.collector.accepted;
  expect(there?.visitor).toEqual({
    anonymousId: here?.visitor.anonymousId,
    userId: 'u-1',
    ids: { airshipChannel: 'c-1' },
  });
  expect(back?.visitor).toEqual(here?.visitor);
  expect(here?.visitor).toMatchObject({ email: 'mia@example.org', traits: { plan: 'team' } });
  expect([there?.session.id, back?.session.id]).toEqual(Array(2).fill(here?.session.id));
  expect(back?.session.eventIndex).toBe(4);

  const cookies = await context.cookies();
  expect(cookies.map(({ name, domain, sameSite }) => [name, domain, sameSite]).sort()).toEqual([
    ['tracklet_session', '.site.localhost', 'Lax'],
    ['tracklet_visitor', '.site.localhost', 'Lax'],
  ]);
  expect(cookies.map(({ value }) => decodeURIComponent(value)).join()).not.toMatch(/mia|team/);
});

test('cookies of this host alone move to the domain from when there is one: the same visitor, and one session', async ({
  page,
  context,
  site,
}) => {
  const port = new URL(site.origin).port;
  await page.goto(`http://shop.site.localhost:${port}/bare`);
  await start(page, 'cookies', { domain: 'host' });
  await page.evaluate(() => window.tracker.track('Before'));
  await expect.poll(() => site.collector.accepted.length).toBe(1);
  await page.reload();
  await start(page, 'cookies');
  await page.evaluate(() => window.tracker.on('session', () => window.tracker.track('Session Start')));
  await page.evaluate(() => window.tracker.track('After'));
  await page.evaluate(() => window.tracker.identify('u-1'));
  await expect.poll(() => site.collector.accepted.length).toBe(3);
  await page.goto(`http://blog.site.localhost:${port}/bare`);
  await start(page, 'cookies');
  await page.evaluate(() => window.tracker.track('There'));
  await expect.poll(() => site.collector.accepted.length).toBe(4);
  const seen = site.collector.accepted.map(({ name, visitor, session }) => [
    ...[name, visitor.anonymousId, visitor.userId, session.number, session.eventIndex],
  ]);
  const id = site.collector.accepted[0]?.visitor.anonymousId;
  expect(seen).toEqual([
    ['Before', id, undefined, 1, 1],
    ['After', id, undefined, 1, 2],
    ['Identify', id, 'u-1', 1, 3],
    ['There', id, 'u-1', 1, 4],
  ]);
  expect((await context.cookies()).map(({ domain }) => domain)).toEqual(Array(2).fill('.site.localhost'));
});

test('a domain that the browser takes no cookie for is said on the console, and the visitor stays one', async ({
  page,
  context,
  site,
  troubles,
}) => {
  for (const path of ['/bare', '/bare/next']) {
    await page.goto(`http://site.localhost:${new URL(site.origin).port}${path}`);
    await start(page, 'cookies', { domain: 'localhost' });
    await page.evaluate(() => window.tracker.on('session', () => window.tracker.track('Session Start')));
    await page.evaluate(() => window.tracker.track('Here'));
    await page.evaluate(() => window.tracker.flush());
  }
  await expect.poll(() => site.collector.accepted.map(({ name }) => name)).toEqual(['Here', 'Session Start', 'Here']);
  expect(new Set(site.collector.accepted.map(({ visitor }) => visitor.anonymousId)).size).toBe(1);
  expect(site.collector.accepted.map(({ session }) => [session.number, session.eventIndex])).toEqual([
    [1, 1],
    [1, 2],
    [1, 3],
  ]);
  expect((await context.cookies()).map(({ domain }) => domain)).toEqual(Array(2).fill('site.localhost'));
  expect(troubles.splice(0)).toEqual(Array(2).fill(expect.stringContaining("no cookie for the domain 'localhost'")));
});

test('kept in memory, nothing of the visitor is stored, and each page is a visitor of its own', async ({
  page,
  context,
  site,
}) => {
  for (const path of ['/bare', '/bare/next']) {
    await page.goto(path);
    await start(page, 'memory');
    await page.evaluate(() => window.tracker.track('Here'));
    await page.evaluate(() => window.tracker.track('Here'));
  }
  await expect.poll(() => site.collector.accepted.length).toBe(4);
  const ids = site.collector.accepted.map(({ visitor }) => visitor.anonymousId);
  expect(new Set(ids).size).toBe(2);
  expect(site.collector.accepted.map(({ session }) => session.number)).toEqual([1, 1, 1, 1]);
  await page.evaluate(() => window.tracker.close());
  expect(await context.cookies()).toEqual([]);
  expect((await keysOf(page)).filter((key) => !key.startsWith('tracklet:gone:'))).toEqual([]);
  const stored = await page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const opening = indexedDB.open('tracklet');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const rows = opening.result.transaction('queue').objectStore('queue').getAll();
          rows.onsuccess = () => resolve(JSON.stringify(rows.result));
        };
      }),
  );
  for (const id of ids) expect(stored).not.toContain(id);
});

test('a second tracker shares the visitor if it is asked to, and nothing else', async ({ page, site }) => {
  await page.goto('/bare');
  await start(page, 'localStorage');
  for (const [name, more] of [
    ['ads', { shareVisitorWith: 'tracklet' }],
    ['own', {}],
  ] as const) {
    await start(page, 'localStorage', { name, ...more });
  }
  await page.evaluate(() => window.tracker.track('First'));
  await page.reload();
  await start(page, 'localStorage', { name: 'ads', shareVisitorWith: 'tracklet' });
  await start(page, 'localStorage', { name: 'own', pageViews: 'auto' });
  await start(page, 'localStorage');
  await page.evaluate(() => {
    window.tracker.identify('u-1');
    const ads = window.lib.createTracker({
      name: 'more',
      shareVisitorWith: 'tracklet',
      destinations: [window.lib.relay({ endpoint: '/t' })],
      pageViews: 'off',
      flushAfterMs: 50,
    });
    ads.track('Second');
  });
  await expect.poll(() => site.collector.accepted.length).toBe(4);
  const by = (name: string) => site.collector.accepted.find((event) => event.name === name);
  const [first, second, view] = ['First', 'Second', 'Page View'].map(by);
  expect(second?.visitor).toMatchObject({ anonymousId: first?.visitor.anonymousId, userId: 'u-1' });
  // A session of its own, and an id that is not the other's either.
  expect(second?.session).toMatchObject({ number: 1, eventIndex: 1 });
  expect(second?.session.id).not.toBe(first?.session.id);
  expect(view?.visitor.anonymousId).not.toBe(first?.visitor.anonymousId);
});

test('a session’s start is told with its number and the one before it, and can be tracked', async ({ page, site }) => {
  await page.addInitScript(() => {
    const real = Date.now.bind(Date);
    Date.now = () => real() + Number(sessionStorage.getItem('ahead') ?? 0);
  });
  site.options.pageViews = 'off';
  site.script = `tracker.on('session', ({ number }) => tracker.track('Session Start', { number }));`;
  await page.goto('/');
  await page.evaluate(() => window.tracker.track('One'));
  await expect.poll(() => site.collector.accepted.length).toBe(2);
  await page.reload();
  await page.evaluate(() => window.tracker.track('Two'));
  await page.evaluate(() => window.tracker.flush());
  await page.evaluate(() => sessionStorage.setItem('ahead', '1800000'));
  await page.evaluate(() => window.tracker.track('Three'));
  await expect.poll(() => site.collector.accepted.length).toBe(5);
  const seen = site.collector.accepted.map(({ name, session }) => [name, session.number, session.eventIndex]);
  expect(seen).toEqual([
    ['One', 1, 1],
    ['Session Start', 1, 2],
    ['Two', 1, 3],
    ['Three', 2, 1],
    ['Session Start', 2, 2],
  ]);
  const [one, , , three] = site.collector.accepted;
  expect(three?.session.previousId).toBe(one?.session.id);
});

test('reset() keeps what it is told to, and a page that left before its id was settled goes on as the same visitor', async ({
  page,
  site,
}) => {
  site.options.pageViews = 'off';
  site.script = `
    if (location.pathname === '/first') {
      tracker.identify('u-1', { ids: { airshipChannel: 'c-1' } });
      location.href = '/second';
    }
  `;
  await page.goto('/first');
  await page.waitForURL('**/second');
  await page.evaluate(() => {
    window.tracker.track('Before');
    window.tracker.reset({ keep: ['session', 'ids'] });
    window.tracker.track('After');
    window.tracker.reset(null as never);
    window.tracker.track('New');
  });
  await expect.poll(() => site.collector.accepted.length, { timeout: 20_000 }).toBe(4);
  const by = (name: string) => site.collector.accepted.find((event) => event.name === name);
  const [identified, before, after, fresh] = ['Identify', 'Before', 'After', 'New'].map(by);
  expect(before?.visitor).toMatchObject({ anonymousId: identified?.visitor.anonymousId, userId: 'u-1' });
  expect(before?.session.id).toBe(identified?.session.id);
  expect(after?.visitor).toEqual({ anonymousId: expect.any(String), ids: { airshipChannel: 'c-1' } });
  expect(after?.visitor.anonymousId).not.toBe(before?.visitor.anonymousId);
  expect(after?.session).toMatchObject({ id: before?.session.id, eventIndex: 3 });
  expect(fresh?.visitor).toEqual({ anonymousId: expect.any(String) });
  expect(fresh?.session).toMatchObject({ number: 1, eventIndex: 1 });
});
