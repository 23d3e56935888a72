import { INNOCENT_PROPERTIES, INNOCENT_VALUES } from '../support/innocents.js';
import { SECRET_PROPERTIES, SECRET_URLS } from '../support/secrets.js';
import { modulePage } from './support/html.js';
import { storedBy, textOf } from './support/stored.js';
import { expect, test } from './support/test.js';
import { statsOf, toldIn } from './support/tracker-in.js';

test.beforeEach(({ site }) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, flushAfterMs: 50, flushAt: 50 };
});

/** In every spelling that an address may have it in. */
const spellings = (secret: string): string[] => [
  ...new Set([secret, decodeURIComponent(secret), encodeURIComponent(secret)]),
];

test('200 addresses and properties with secrets in them: none reaches disk or network', async ({ page, site }) => {
  test.setTimeout(180_000);
  const bodies: string[] = [];
  let isUp = false;
  site.collector.reply = ({ events }) => {
    bodies.push(JSON.stringify(events));
    return { status: isUp ? 200 : 500 };
  };
  await page.goto('/');
  await page.evaluate(
    ([addresses, properties]) => {
      for (const address of addresses) {
        history.pushState({}, '', address);
        document.title = `You are at ${address.includes('%FC') || address.endsWith('%') ? address : decodeURI(address)}`;
        window.tracker.page('Visited', { from: location.href });
      }
      for (const its of properties) window.tracker.track('Said', { its });
    },
    [SECRET_URLS.map(({ text }) => text), SECRET_PROPERTIES.map(({ properties }) => properties)] as const,
  );
  await page.evaluate(() => window.tracker.flush());
  const count = SECRET_URLS.length + SECRET_PROPERTIES.length;
  expect(count).toBeGreaterThanOrEqual(200);
  const queued = (await statsOf(page)).destinations.relay?.waiting ?? 0;
  expect(queued).toBeGreaterThanOrEqual(count);
  const stored = textOf(await storedBy(page));
  isUp = true;
  await page.evaluate(() => history.pushState({}, '', '/'));
  await expect.poll(async () => (await statsOf(page)).destinations.relay?.waiting, { timeout: 30_000 }).toBe(0);
  const { accepted } = site.collector;
  expect(accepted.length).toBeGreaterThanOrEqual(queued);
  const sent = JSON.stringify(accepted) + bodies.join();
  // What is JSON within JSON is to be found too.
  const found = (sent + stored).replaceAll('\\', '');
  const secrets = new Set([...SECRET_URLS, ...SECRET_PROPERTIES].flatMap(({ secret }) => spellings(secret)));
  const leaked = [...secrets].flatMap((secret) => {
    const at = found.indexOf(secret.replaceAll('\\', ''));
    return at < 0 ? [] : [found.slice(at - 80, at + 80)];
  });
  expect(leaked).toEqual([]);
  expect(sent).toContain('(redacted)');
  expect((await statsOf(page)).trimmed.redacted).toBeGreaterThanOrEqual(count);
  expect(await toldIn(page, 'trimmed')).toContainEqual(
    expect.objectContaining({ cuts: expect.objectContaining({ redacted: expect.any(Number) }) }),
  );
});

test('a page that is opened with secrets in address, referrer, title and campaign keeps none of them', async ({
  page,
  site,
}) => {
  site.pages.set('/from', '<!doctype html><a href="/landing?token=hunter2zz&utm_content=mia@example.org&x=1">on</a>');
  site.pages.set(
    '/landing',
    modulePage('Hello mia@example.org', { destinations: { relay: { endpoint: '/t' } }, flushAfterMs: 50 }),
  );
  await page.goto('/from?password=hunter3zz');
  await page.click('a');
  await expect.poll(() => site.collector.accepted.length).toBe(1);
  const [event] = site.collector.accepted;
  expect(event?.page).toMatchObject({
    url: `${site.origin}/landing?token=(redacted)&utm_content=(redacted)&x=1`,
    referrer: `${site.origin}/from?password=(redacted)`,
    title: 'Hello (redacted)',
  });
  expect(event?.context.campaign).toEqual({ content: '(redacted)' });
  expect(textOf(await storedBy(page))).not.toMatch(/hunter|mia@/);
});

test('more than 50 values that look a little like secrets arrive as they are', async ({ page, site }) => {
  site.options.pageViews = 'off';
  await page.goto('/');
  const said = { values: INNOCENT_VALUES, names: INNOCENT_PROPERTIES };
  expect(said.values.length + Object.keys(said.names).length).toBeGreaterThanOrEqual(50);
  await page.evaluate((its) => window.tracker.track('Said', its as never), said);
  await expect.poll(() => site.collector.accepted.length).toBe(1);
  expect(site.collector.accepted[0]?.properties).toEqual(said);
  expect((await statsOf(page)).trimmed).toEqual({});
});

test('identify() keeps mail address and phone, and no password', async ({ page, site }) => {
  site.options.pageViews = 'off';
  await page.goto('/');
  await page.evaluate(() =>
    window.tracker.identify('u-42', { email: 'mia@example.org', phone: '+4915112345678', password: 'hunter2zz' }),
  );
  await expect.poll(() => site.collector.accepted.length).toBe(1);
  expect(site.collector.accepted[0]?.visitor).toMatchObject({
    email: 'mia@example.org',
    phone: '+4915112345678',
    traits: { password: '(redacted)' },
  });
  expect(textOf(await storedBy(page))).not.toContain('hunter2zz');
});

test('the site allows and denies, for all and for one destination', async ({ page, site }) => {
  site.script = `
    const seen = {};
    var shop = lib.createTracker({
      name: 'shop',
      pageViews: 'off',
      flushAfterMs: 50,
      redaction: lib.redaction({ deny: ['customer', /KD-\\d+/] }),
      destinations: [
        lib.relay({ endpoint: '/t', name: 'all' }),
        lib.relay({ endpoint: '/t', name: 'crm', redaction: lib.redaction({ allow: ['email'] }) }),
      ],
    });
    shop.track('Said', { customer: 'Mia', email: 'mia@example.org', note: 'KD-123', token: 'hunter2zz' });
  `;
  site.options.pageViews = 'off';
  await page.goto('/');
  await expect.poll(() => site.collector.accepted.length).toBe(2);
  const said = site.collector.accepted.map(({ properties }) => properties);
  expect(said).toContainEqual({ customer: '(redacted)', email: '(redacted)', note: '(redacted)', token: '(redacted)' });
  expect(said).toContainEqual({ customer: 'Mia', email: 'mia@example.org', note: 'KD-123', token: '(redacted)' });
  expect(new Set(site.collector.accepted.map(({ id }) => id)).size).toBe(1);
});

test("a destination's rules reach campaign, traits and address, and name none of the event's own fields", async ({
  page,
  site,
}) => {
  site.script = `
    var shop = lib.createTracker({
      name: 'shop',
      pageViews: 'off',
      flushAfterMs: 50,
      destinations: [
        lib.relay({ endpoint: '/t', name: 'all' }),
        lib.relay({
          endpoint: '/t',
          name: 'ads',
          redaction: lib.redaction({ deny: ['name', 'url', 'utm_source', 'email', 'plan', 'fcmToken'] }),
        }),
      ],
    });
    shop.identify('u-42', { email: 'mia@example.org', plan: 'team', seats: 5, ids: { fcmToken: 'f', channel: 'c' } });
  `;
  site.options.pageViews = 'off';
  await page.goto('/?utm_source=mail&utm_medium=banner');
  await expect.poll(() => site.collector.accepted.length).toBe(2);
  const seen = site.collector.accepted.map(({ name, visitor, page: where, context }) => ({
    name,
    url: where.url,
    campaign: context.campaign,
    visitor: { ...visitor, anonymousId: '' },
  }));
  const identified = { anonymousId: '', userId: 'u-42' };
  expect(seen).toContainEqual({
    name: 'Identify',
    url: `${site.origin}/?utm_source=mail&utm_medium=banner`,
    campaign: { source: 'mail', medium: 'banner' },
    visitor: {
      ...identified,
      email: 'mia@example.org',
      ids: { fcmToken: 'f', channel: 'c' },
      traits: { plan: 'team', seats: 5 },
    },
  });
  expect(seen).toContainEqual({
    name: 'Identify',
    url: `${site.origin}/?utm_source=(redacted)&utm_medium=banner`,
    campaign: { source: '(redacted)', medium: 'banner' },
    visitor: { ...identified, ids: { channel: 'c' }, traits: { plan: '(redacted)', seats: 5 } },
  });
});

test('beforeCapture changes or drops an event, never undoes redaction, and one that throws drops', async ({
  page,
  site,
}) => {
  site.script = `
    var shop = lib.createTracker({
      name: 'shop',
      pageViews: 'off',
      flushAfterMs: 50,
      destinations: [lib.relay({ endpoint: '/t' })],
      beforeCapture(event) {
        if (event.name === 'Dropped') return null;
        if (event.name === 'Thrown') throw new Error('hunter2zz');
        if (event.name === 'Late') return Promise.resolve(null);
        if (event.name === 'Big') return { ...event, properties: { big: 10n } };
        return { ...event, id: 'forged', name: 'New', properties: { ...event.properties, token: 'hunter2zz', f() {} } };
      },
    });
    for (const name of ['Dropped', 'Thrown', 'Late', 'Big', 'Old']) shop.track(name, { a: 1 });
  `;
  site.options.pageViews = 'off';
  await page.goto('/');
  await expect.poll(() => site.collector.accepted.length).toBe(1);
  expect(site.collector.accepted[0]).toMatchObject({ name: 'New', properties: { a: 1, token: '(redacted)' } });
  expect(site.collector.accepted[0]?.id).not.toBe('forged');
  expect(await page.evaluate('shop.stats().then(({ dropped }) => dropped)')).toEqual({ 'before-capture': 4 });
  expect(textOf(await storedBy(page))).not.toContain('hunter2zz');
});
