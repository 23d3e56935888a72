import { NOTHING } from './support/nothing.js';
import { expect, test } from './support/test.js';
import { statsOf, toldIn, waitingIn } from './support/tracker-in.js';

test.beforeEach(({ site }) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, pageViews: 'off', flushAfterMs: 50 };
});

type Shape = Readonly<Record<string, unknown>>;

/** What the site tracks; what of it arrives; what is counted as cut. */
const KEPT: readonly (readonly [what: string, code: string, arrives: Shape, trimmed: Shape])[] = [
  ['a cycle', "const a = { n: 1 }; a.self = a; track('x', a)", { properties: { n: 1 } }, { cycle: 1 }],
  [
    'a getter that throws',
    "track('x', { n: 1, get bad() { throw new Error('no') } })",
    { properties: { n: 1 } },
    { unserialisable: 1 },
  ],
  [
    'a proxy that throws whatever is asked',
    "track('x', { n: 1, bad: new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 } }) })",
    { properties: { n: 1 } },
    { unserialisable: 1 },
  ],
  [
    'DOM nodes and functions',
    "track('x', { n: 1, body: document.body, window, f() {} })",
    { properties: { n: 1 } },
    { unserialisable: 3 },
  ],
  ['a BigInt', "track('x', { n: 10n ** 20n })", { properties: { n: '100000000000000000000' } }, {}],
  [
    'NaN, a symbol and undefined',
    "track('x', { nan: NaN, symbol: Symbol('s'), none: undefined, list: [NaN, 1] })",
    { properties: { list: [null, 1] } },
    { unserialisable: 3 },
  ],
  [
    'a text of 10 MB',
    "track('x', { text: 'é'.repeat(10_000_000) })",
    { properties: { text: 'é'.repeat(8_192) } },
    { string: 1 },
  ],
  [
    '20 levels',
    "let deep = { bottom: true }; for (let i = 0; i < 20; i++) deep = { deep }; track('x', deep)",
    { properties: { deep: expect.anything() } },
    { depth: 1 },
  ],
  [
    'a key named __proto__',
    `track('x', JSON.parse('{"n":1,"__proto__":{"polluted":true}}'))`,
    { properties: { n: 1 } },
    { unserialisable: 1 },
  ],
  [
    '10,000 keys',
    "track('x', Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => ['k' + i, i])))",
    { properties: expect.objectContaining({ k395: 395 }) },
    { keys: 1 },
  ],
  ['a name of 10,000 characters', "track('n'.repeat(10_000))", { name: 'n'.repeat(255) }, { name: 1 }],
  ['a name and texts with half a surrogate pair', "track('x\\ud83d', { text: '\\ude00' })", { type: 'track' }, {}],
  ['properties that are no object', "track('x', 'text')", { properties: {} }, { unserialisable: 1 }],
  ['properties that are null', "track('x', null)", { properties: {} }, {}],
  ['options that are null', "track('x', {}, null)", { name: 'x' }, {}],
  ['options that throw', "track('x', {}, { get value() { throw 1 } })", { name: 'x' }, { unserialisable: 1 }],
  ['a value that is no number', "track('x', {}, { value: '7', currency: 'EUR' })", { currency: 'EUR' }, { value: 1 }],
  ['a currency that has no text', "track('x', {}, { currency: Object.create(null) })", { name: 'x' }, { value: 1 }],
];

for (const [what, code, arrives, trimmed] of KEPT) {
  test(`${what}: the event is kept, what cannot be kept is counted, and nothing is thrown`, async ({ page, site }) => {
    await page.goto('/');
    await page.evaluate(`{ const track = (...args) => tracker.track(...args); ${code} }`);
    await expect.poll(() => site.collector.accepted.length).toBe(1);
    expect(site.collector.accepted[0]).toMatchObject({ ...arrives });
    expect(await statsOf(page)).toMatchObject({ dropped: NOTHING });
    expect((await statsOf(page)).trimmed).toEqual(trimmed);
    expect(await toldIn(page, 'trimmed')).toHaveLength(Object.keys(trimmed).length ? 1 : 0);
    expect(await page.evaluate("'polluted' in {}")).toBe(false);
  });
}

/** What the site does, and under which reason it is counted as lost. */
const LOST: readonly (readonly [what: string, code: string, reason: string])[] = [
  ['an empty name', "tracker.track('')", 'invalid-name'],
  ['a blank name', "tracker.track('  ')", 'invalid-name'],
  ['no name', 'tracker.track()', 'invalid-name'],
  ['a name that is an object without a text', 'tracker.track(Object.create(null))', 'invalid-name'],
  ['an event of 100 kB', "tracker.track('x', { list: Array(20).fill('é'.repeat(5_000)) })", 'too-large'],
  ['identify() without an id', 'tracker.identify()', 'invalid-name'],
  ['group() with a number', 'tracker.group(7)', 'invalid-name'],
];

for (const [what, code, reason] of LOST) {
  test(`${what}: dropped as ${reason}, counted once, told, and nothing is thrown`, async ({ page, site }) => {
    await page.goto('/');
    await page.evaluate(`void ${code}`);
    await page.evaluate(() => window.tracker.flush());
    expect(await statsOf(page)).toMatchObject({ dropped: { [reason]: 1 } });
    expect(await toldIn(page, 'dropped')).toMatchObject([{ reason }]);
    expect(site.collector.requests).toEqual([]);
  });
}

test('traits that are hostile: identify() and group() never throw, and the visitor is named', async ({
  page,
  site,
}) => {
  await page.goto('/');
  await page.evaluate(`
    tracker.identify('u-1', { email: { toString: 1, valueOf: 1 }, ids: 'abc', get bad() { throw 1 } });
    tracker.identify('u-1', null);
    tracker.group('acme', new Proxy({}, { ownKeys() { throw 1 } }));
    tracker.track('after');
  `);
  await expect.poll(() => waitingIn(page)).toBe(0);
  expect(site.collector.accepted.at(-1)).toMatchObject({
    name: 'after',
    visitor: { userId: 'u-1', accountId: 'acme' },
  });
});

test('what beforeCapture does to its event is done to no other, and an event it breaks is counted', async ({
  page,
  site,
}) => {
  await page.goto('/bare');
  await page.evaluate(`
    var tracker = lib.createTracker({
      flushAfterMs: 50,
      destinations: [lib.relay({ endpoint: '/t' })],
      beforeCapture(event) {
        if (event.visitor.userId) event.visitor.userId = 'h(' + event.visitor.userId + ')';
        event.page.path = '/app' + event.page.path;
        return event.name === 'Broken' ? { ...event, page: null } : event;
      },
    });
    lib.trackEngagement(tracker);
    tracker.identify('u-1');
    for (const name of ['A', 'Broken', 'B']) tracker.track(name);
  `);
  expect(await statsOf(page)).toMatchObject({ dropped: { 'before-capture': 1 } });
  await page.goto('/bare/next');
  await page.evaluate(`
    var tracker = lib.createTracker({ pageViews: 'off', flushAfterMs: 50, destinations: [lib.relay({ endpoint: '/t' })] });
    tracker.track('Next');
  `);
  await expect
    .poll(() => site.collector.accepted.map(({ name }) => name).sort())
    .toEqual(['A', 'B', 'Identify', 'Next', 'Page Left', 'Page View']);
  const by = (name: string) => site.collector.accepted.find((event) => event.name === name);
  for (const name of ['Identify', 'A', 'B', 'Page Left']) {
    expect(by(name)).toMatchObject({ visitor: { userId: 'h(u-1)' }, page: { path: '/app/bare' } });
  }
  expect(by('Next')).toMatchObject({ visitor: { userId: 'u-1' }, page: { path: '/bare/next' } });
});

test('filter, rename, headers and listeners of the site that throw harm only themselves', async ({
  page,
  site,
  troubles,
}) => {
  await page.goto('/bare');
  await page.evaluate(`
    const fail = () => { throw new Error('the site’s own mistake, told by tracklet') };
    var told = [];
    var tracker = lib.createTracker({
      pageViews: 'off',
      destinations: [
        lib.relay({ endpoint: '/t', rename: fail }),
        lib.relay({ endpoint: '/t', name: 'filtered', filter: fail }),
        lib.relay({ endpoint: '/t', name: 'headless', headers: fail }),
      ],
    });
    tracker.on('queued', fail);
    tracker.on('dropped', (detail) => told.push(['dropped', detail]));
    tracker.track('x');
  `);
  await page.evaluate(() => window.tracker.flush());
  expect(site.collector.accepted.map(({ name }) => name)).toEqual(['x']);
  await expect
    .poll(async () => (await statsOf(page)).destinations)
    .toMatchObject({
      relay: { sent: 1 },
      filtered: { sent: 0, waiting: 0, dropped: { 'filter-error': 1 } },
      headless: { sent: 0, waiting: 1, state: 'waiting', reason: expect.stringContaining('own mistake') },
    });
  // What a listener throws is reported on the console, once per event and listener.
  expect(troubles.splice(0)).toHaveLength(2);
});
