import { type SnippetOptions, snippet, stub } from '../../src/snippet.js';
import { numbersIn, upTo } from './support/numbers.js';
import { expect, test } from './support/test.js';

const init = "tracklet('init', { destinations: { relay: { endpoint: '/t' } }, pageViews: 'off', flushAfterMs: 50 });";
const head = (attributes: SnippetOptions['attributes'] = {}) =>
  `<!doctype html><title>Tag</title>${snippet({ src: '/tracklet.js', attributes })}`;

test('calls made before the script arrives are replayed in order, each at its own time', async ({ page, site }) => {
  let arrive = () => {};
  const arrival = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  site.calls.set('/tracklet.js', () => arrival);
  site.pages.set('/', `${head()}<script>tracklet('track', 'Early', { product: 'p-1' }); ${init}</script>`);
  await page.goto('/', { waitUntil: 'commit' });
  await page.waitForFunction('window.tracklet');
  const callTimes = [await page.evaluate<number>('tracklet.q[0][0]')];
  for (const number of [2, 3]) {
    const call = `(at => (tracklet('track', 'Early', { product: 'p-${number}' }), at))(Date.now())`;
    const calledAt = await page.evaluate<number>(call);
    callTimes.push(calledAt);
    await page.waitForFunction((last) => Date.now() > last + 150, calledAt);
  }
  arrive();
  await expect.poll(() => numbersIn(site.collector.accepted)).toEqual(upTo(3));
  for (const [index, { time }] of site.collector.accepted.entries()) {
    expect(time - (callTimes[index] ?? 0), `event ${index + 1}`).toBeLessThanOrEqual(20);
    expect(time - (callTimes[index] ?? 0), `event ${index + 1}`).toBeGreaterThanOrEqual(0);
  }
  const after = await page.evaluate<number>("(tracklet('track', 'Late', { product: 'p-4' }), Date.now())");
  await expect.poll(() => numbersIn(site.collector.accepted)).toEqual(upTo(4));
  expect(Math.abs((site.collector.accepted[3]?.time ?? 0) - after)).toBeLessThanOrEqual(20);
});

test('on the next page the script goes on with what the last one stored', async ({ page, site }) => {
  site.pages.set('/', `${head()}<script>${init} tracklet('track', 'Seen', { product: 'p-1' });</script>`);
  await page.goto('/');
  await expect.poll(() => numbersIn(site.collector.accepted)).toEqual(upTo(1));
  await page.evaluate("tracklet('track', 'Seen', { product: 'p-2' }), location.href = '/?again'");
  await page.waitForURL('/?again');
  await expect.poll(() => numbersIn(site.collector.accepted).sort()).toEqual([1, 1, 2]);
});

for (const [how, attributes] of [
  ['data-relay and its like', { 'data-relay': '/t', 'data-name': 'shop', 'data-page-views': 'off' }],
  [
    'JSON in data-options',
    { 'data-options': '{"name":"shop","pageViews":"off","destinations":{"relay":{"endpoint":"/t"}}}' },
  ],
] as const) {
  test(`the tag configures itself by ${how}`, async ({ page, site }) => {
    site.pages.set('/', head(attributes));
    await page.goto('/');
    await page.evaluate("tracklet('track', 'Seen', { product: 'p-1' }), tracklet('flush')");
    await expect.poll(() => numbersIn(site.collector.accepted)).toEqual([1]);
    expect(site.collector.accepted).toHaveLength(1);
    expect(await page.evaluate('tracklet.tracker.stats().then(({ destinations }) => destinations)')).toMatchObject({
      relay: { sent: 1 },
    });
    const keys = await page.evaluate(() => Object.keys(localStorage));
    expect(keys.filter((key) => !key.startsWith('shop:'))).toEqual([]);
  });
}

test('data-klaviyo sends to Klaviyo, data-page-views by default on load', async ({ page, site, vendors }) => {
  const options = JSON.stringify({
    destinations: { klaviyo: { companyId: 'DEMO01', endpoint: vendors.klaviyo.url }, relay: { endpoint: '/t' } },
  });
  site.pages.set('/', head({ 'data-options': options }));
  await page.goto('/');
  await page.evaluate("tracklet('flush')");
  await expect.poll(() => vendors.klaviyo.accepted().map(({ name }) => name)).toEqual(['Page View']);
  await expect.poll(() => site.collector.accepted.map(({ name }) => name)).toEqual(['Page View']);
});

test('a destination’s rules of redaction are lists, and storage is said in words', async ({ page, context, site }) => {
  const destinations = { relay: { endpoint: '/t', redaction: { allow: ['email'], deny: ['customer'] } } };
  const options = { destinations, pageViews: 'off', flushAfterMs: 50 };
  const port = new URL(site.origin).port;
  const say = JSON.stringify({ customer: 'Mia', email: 'mia@example.org' });
  for (const [name, storage] of [
    ['domain', { domain: 'site.localhost' }],
    ['memory', 'memory'],
  ] as const) {
    const init = `tracklet('init', ${JSON.stringify({ ...options, name, storage })})`;
    site.pages.set(`/${name}`, `${head()}<script>${init}; tracklet('track', '${name}', ${say});</script>`);
    await page.goto(`http://shop.site.localhost:${port}/${name}`);
    await expect.poll(() => site.collector.accepted.at(-1)?.name).toBe(name);
    expect(site.collector.accepted.at(-1)?.properties).toEqual({ customer: '(redacted)', email: 'mia@example.org' });
  }
  expect((await context.cookies()).map((cookie) => [cookie.name, cookie.domain]).sort()).toEqual([
    ['domain_session', '.site.localhost'],
    ['domain_visitor', '.site.localhost'],
  ]);
  const keys = await page.evaluate(() => Object.keys(localStorage));
  expect(keys.filter((key) => /visitor|session|minted/.test(key))).toEqual([]);
});

test('the script twice on a page, or pasted twice: one tracker', async ({ page, site }) => {
  site.pages.set('/', `${head()}${snippet({ src: '/tracklet.js' })}<script>${stub}; ${init}</script>`);
  await page.goto('/');
  await page.evaluate("tracklet('track', 'Seen', { product: 'p-1' }), tracklet('flush')");
  await expect.poll(() => numbersIn(site.collector.accepted)).toEqual([1]);
  expect(await page.evaluate('tracklet.tracker.stats().then((stats) => stats.destinations.relay.sent)')).toBe(1);
});

test('misuse is said in the console and never thrown into the page', async ({ page, site, troubles }) => {
  site.pages.set('/', head());
  await page.goto('/');
  await page.evaluate(`
    tracklet('init', { destinations: { klavio: {} } });
    tracklet('trak', 'Typo');
    tracklet('init', { destinations: { relay: { endpoint: '/t' } }, storage: 'cookies' });
    ${init}
    tracklet('trak', 'Typo');
    tracklet('init', {});
    tracklet('track', 'Seen', { product: 'p-1' });
    tracklet('flush');
  `);
  await expect.poll(() => numbersIn(site.collector.accepted)).toEqual([1]);
  // The first of them waited for a tracker.
  const typo = expect.stringContaining("'trak' is not a method");
  expect(troubles.splice(0)).toEqual([
    expect.stringMatching(/destinations\.klavio is not known.*klaviyo/),
    expect.stringMatching(/storage must be 'memory', or an object/),
    typo,
    typo,
    expect.stringMatching(/'init' was called before/),
  ]);
});
