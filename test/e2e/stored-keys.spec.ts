import { readFileSync } from 'node:fs';
import { type Stored, storedBy } from './support/stored.js';
import { expect, test } from './support/test.js';
import { statsOf, trackNumbers } from './support/tracker-in.js';

/** The keys that docs/storage.md lists, by its headings. */
function documentedKeys(): { readonly [heading: string]: readonly string[] } {
  const page = readFileSync(new URL('../../docs/storage.md', import.meta.url), 'utf8');
  return Object.fromEntries(
    page
      .split(/^## /m)
      .slice(1)
      .map((section) => {
        const keys = [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, key = '']) => key);
        return [section.slice(0, section.indexOf('\n')), keys];
      }),
  );
}

const matches = (documented: string, key: string): boolean =>
  new RegExp(
    `^${documented.replace(/[~.]/g, '\\$&').replaceAll('<name>', 'tracklet').replaceAll('<destination>', '[\\w-]+').replace(/<\w+>/g, '.+')}$`,
  ).test(key);

/** What no visit of this test can leave: it is on a secure origin, by one version, without a service worker. */
const ELSEWHERE = ['lease <lock>', '<destination>~aside <row>', '<time> <id>'];

const keysIn = ({ localStorage, databases, cookies }: Stored) => ({
  localStorage: Object.keys(localStorage),
  IndexedDB: Object.values(databases).flatMap((rows) => Object.keys(rows)),
  Cookies: cookies,
});

test('a visit stores what docs/storage.md lists, nothing else, and all that is listed is stored by some visit', async ({
  context,
  page,
  site,
  vendors: { klaviyo },
}) => {
  const seen: { [heading: string]: Set<string> } = {};
  const look = async () => {
    const stored = await storedBy(page);
    expect(stored.sessionStorage).toEqual({});
    expect(stored.caches).toEqual([]);
    expect(Object.keys(stored.databases).filter((name) => name !== 'tracklet')).toEqual([]);
    for (const [heading, keys] of Object.entries(keysIn(stored))) {
      seen[heading] = new Set([...(seen[heading] ?? []), ...keys]);
    }
  };

  site.options = {
    consent: 'pending',
    destinations: {
      relay: { endpoint: '/t', name: 'dropping' },
      airship: { appKey: 'demo-app-key-000000001', endpoint: '/proxy/airship' },
      klaviyo: { companyId: 'DEMO01', endpoint: klaviyo.url },
    },
    flushAfterMs: 50,
  };
  klaviyo.fault({ kind: 'error500' });
  site.collector.reply = () => ({ status: 400 });
  await page.goto('/?utm_source=news');
  await page.evaluate(() => window.tracker.consent('granted'));
  // In the task of the grant the database is not open yet.
  await page.evaluate(() => {
    window.tracker.track('Plan Chosen', { product: 'p-1' });
    Object.assign(window, { early: Object.keys(localStorage) });
  });
  seen.localStorage = new Set(await page.evaluate<string[]>('early'));
  await trackNumbers(page, 2, 3);
  await expect
    .poll(async () => (await statsOf(page)).destinations.dropping?.dropped, { timeout: 20_000 })
    .toMatchObject({ rejected: expect.any(Number) });
  await expect
    .poll(async () => (await statsOf(page)).destinations.klaviyo?.retries, { timeout: 20_000 })
    .toBeGreaterThan(0);
  await look();
  await page.evaluate(() => {
    dispatchEvent(new PageTransitionEvent('pagehide'));
    window.tracker.track('Plan Chosen', { product: 'p-4' });
  });
  await look();
  // On a first visit whose database never opens, what tabs have to agree on stays open.
  await page.goto('/bare');
  await page.evaluate(() => localStorage.clear());
  await page.evaluate(() => {
    const { createTracker, relay, consent } = window.lib;
    const options = { destinations: [relay({ endpoint: '/t' })], pageViews: 'off' } as const;
    createTracker({ ...options, consent: consent('granted', { remember: false }) }).track('First');
    Object.assign(window, { early: Object.keys(localStorage) });
  });
  for (const key of await page.evaluate<string[]>('early')) seen.localStorage.add(key);
  expect([...(seen.Cookies ?? [])]).toEqual([]);

  await context.clearCookies();
  await page.goto('/bare');
  const cookies = await page.evaluate(() => {
    const { createTracker, relay, cookieStorage, consent } = window.lib;
    const storage = cookieStorage({ domain: location.hostname });
    const options = { destinations: [relay({ endpoint: '/t' })], pageViews: 'off', storage } as const;
    const tracker = createTracker({ ...options, consent: consent('pending') });
    tracker.consent('granted');
    tracker.track('First');
    return document.cookie.split('; ').map((cookie) => cookie.split('=')[0] ?? '');
  });
  await expect.poll(async () => (await storedBy(page)).cookies, { timeout: 20_000 }).toContain('tracklet_session');
  seen.Cookies = new Set([...cookies, ...(await storedBy(page)).cookies]);

  for (const [heading, documented] of Object.entries(documentedKeys())) {
    const stored = [...(seen[heading] ?? [])];
    const unlisted = stored.filter((key) => !documented.some((its) => matches(its, key)));
    expect(unlisted, `${heading}: stored, and not in docs/storage.md`).toEqual([]);
    const unseen = documented.filter((its) => !ELSEWHERE.includes(its) && !stored.some((key) => matches(its, key)));
    expect(unseen, `${heading}: in docs/storage.md, and never stored`).toEqual([]);
  }
});

test('nothing betrays the visitor: no request to a third party, no cookie, nothing read that makes a fingerprint', async ({
  context,
  page,
  site,
}) => {
  const strangers: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== site.origin) strangers.push(request.url());
  });
  await page.addInitScript(() => {
    const touched: string[] = [];
    Object.assign(window, { touched });
    const watch = (holder: object | undefined, ...names: string[]) => {
      for (const name of names) {
        const before = holder && Object.getOwnPropertyDescriptor(holder, name);
        if (!holder || !before) continue;
        const read = before.get ?? (() => before.value);
        Object.defineProperty(holder, name, {
          configurable: true,
          get() {
            touched.push(name);
            return read.call(this);
          },
        });
      }
    };
    watch(HTMLCanvasElement.prototype, 'getContext', 'toDataURL', 'toBlob');
    watch(Navigator.prototype, 'plugins', 'mimeTypes', 'hardwareConcurrency', 'deviceMemory', 'userAgent', 'platform');
    watch(
      Navigator.prototype,
      'userAgentData',
      'connection',
      'getBattery',
      'mediaDevices',
      'maxTouchPoints',
      'languages',
    );
    watch(Screen.prototype, 'colorDepth', 'pixelDepth', 'availWidth', 'availHeight');
    watch(Document.prototype, 'fonts', 'cookie');
    watch(window, 'AudioContext', 'OfflineAudioContext', 'RTCPeerConnection', 'speechSynthesis', 'devicePixelRatio');
    watch(WebGLRenderingContext.prototype, 'getParameter');
  });
  await page.goto('/');
  await page.evaluate(() => window.tracker.identify('u-42'));
  await trackNumbers(page, 1, 3);
  await page.evaluate(() => window.tracker.flush());
  await expect.poll(() => site.collector.accepted.length, { timeout: 20_000 }).toBe(5);
  await page.goto('/next');
  await expect.poll(() => site.collector.accepted.length, { timeout: 20_000 }).toBe(6);
  expect(strangers).toEqual([]);
  expect(await context.cookies()).toEqual([]);
  expect(await page.evaluate('touched')).toEqual([]);
  // And nothing else of the device is in an event.
  const [event] = site.collector.accepted;
  expect(Object.keys(event?.context ?? {}).sort()).toEqual(['library', 'locale', 'screen', 'timezone', 'viewport']);
});
