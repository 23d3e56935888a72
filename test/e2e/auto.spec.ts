import type { Page } from '@playwright/test';
import type { Site } from './support/site.js';
import { expect, test } from './support/test.js';

test.beforeEach(({ site }) => {
  site.options = { destinations: { relay: { endpoint: '/t' } }, flushAfterMs: 50, pageViews: 'off' };
});

/** Name and properties of what arrived, after all else has. */
async function trackedOn(page: Page, site: Site): Promise<[name: string, properties: unknown][]> {
  await page.evaluate(() => {
    window.tracker.track('Last');
    return window.tracker.flush();
  });
  await expect.poll(() => site.collector.accepted.some(({ name }) => name === 'Last')).toBe(true);
  return site.collector.accepted
    .filter(({ name }) => name !== 'Last')
    .map(({ name, properties }) => [name, properties]);
}

/** Opens a page of this content with something attached to its tracker. */
async function open(page: Page, site: Site, attach: string, content: string): Promise<void> {
  site.script = `
    document.documentElement.append(document.createElement('body'));
    document.body.innerHTML = ${JSON.stringify(content)};
    var stop = ${attach};
  `;
  await page.goto('/');
}

test('a link to another host is tracked before the page is gone, without its query, and nothing is held up', async ({
  page,
  site,
}) => {
  await open(
    page,
    site,
    'lib.trackOutboundLinks(tracker)',
    `<a id=own href="/next">own</a> <a id=mail href="mailto:mia@example.org">mail</a>
     <a id=out href="${site.elsewhere}?token=s3cret#part"><b>out</b></a>`,
  );
  await page.click('#mail');
  await page.click('#out b');
  await page.waitForURL(/elsewhere/);
  await page.goto('/bare');
  await page.goto('/later');
  const host = new URL(site.elsewhere).host;
  expect(await trackedOn(page, site)).toEqual([['Outbound Link Clicked', { url: site.elsewhere, host }]]);
});

test('a link counts when it is opened by the middle button or the keyboard, inside a shadow root, and when the page stops the click', async ({
  page,
  site,
  context,
}) => {
  await open(
    page,
    site,
    "lib.trackOutboundLinks(tracker, { name: 'Left for', ownHosts: ['.own.example'] })",
    `<a id=out href="${site.elsewhere}" onclick="event.stopPropagation(); event.preventDefault()">out</a>
     <a id=own href="https://www.own.example/" onclick="event.preventDefault()">own</a><p id=host></p>
     <svg><a id=drawn xlink:href="https://drawn.example/a?b=c" onclick="event.preventDefault()"><text y=20>drawn</text></a></svg>`,
  );
  await page.click('#own');
  await page.click('#out');
  const opened = context.waitForEvent('page');
  await page.click('#out', { button: 'middle' });
  await (await opened).close();
  await page.focus('#out');
  await page.keyboard.press('Enter');
  await page.click('#out', { button: 'right' });
  await page.evaluate(() => {
    const root = document.querySelector('#host')?.attachShadow({ mode: 'open' });
    if (root) root.innerHTML = '<a id=inner href="https://inner.example/a?b=c">inner</a>';
    root?.addEventListener('click', (event) => event.preventDefault());
  });
  await page.click('#inner');
  await page.click('#drawn text');
  expect(
    (await trackedOn(page, site)).map(([name, properties]) => [name, (properties as { url: string }).url]),
  ).toEqual([
    ['Left for', site.elsewhere],
    ['Left for', site.elsewhere],
    ['Left for', site.elsewhere],
    ['Left for', 'https://inner.example/a'],
    ['Left for', 'https://drawn.example/a'],
  ]);
});

test('files and links that save are downloads, and other links are not', async ({ page, site }) => {
  await open(
    page,
    site,
    'lib.trackDownloads(tracker)',
    `<a id=page href="/about">page</a><a id=pdf href="/files/Prices.PDF?key=s3cret">pdf</a>
     <a id=made download="made.csv" href="data:text/csv,a">made</a><a id=bad href="https://[">bad</a>`,
  );
  await page.evaluate(() => document.body.addEventListener('click', (event) => event.preventDefault()));
  for (const id of ['page', 'pdf', 'made', 'bad']) await page.click(`#${id}`);
  expect(await trackedOn(page, site)).toEqual([
    ['File Downloaded', { file: 'Prices.PDF', extension: 'pdf', url: `${site.origin}/files/Prices.PDF` }],
    ['File Downloaded', { file: 'made.csv', extension: 'csv' }],
  ]);
});

test('a submitted form tells its name and where it goes, never what was typed, and is sent as ever', async ({
  page,
  site,
}) => {
  await open(
    page,
    site,
    'lib.trackForms(tracker)',
    `<form id=signup action="/welcome?step=1" method=get>
       <input name=mail value="mia@example.org"><input name=id value=1><input name=action value=2>
       <button id=send>Send</button><button id=other formaction="/other" formmethod=get>Other</button>
     </form><form name=strict><input required><button id=stopped>Go</button></form>`,
  );
  await page.click('#stopped');
  await page.click('#send');
  await page.waitForURL(/welcome/);
  await page.click('#other');
  await page.waitForURL(/other/);
  const tracked = await trackedOn(page, site);
  expect(tracked).toEqual([
    ['Form Submitted', { form: 'signup', method: 'get', url: `${site.origin}/welcome` }],
    ['Form Submitted', { form: 'signup', method: 'get', url: `${site.origin}/other` }],
  ]);
  expect(JSON.stringify(tracked)).not.toContain('mia');
});

test('data-track names the event, its attributes are the properties, and the innermost counts', async ({
  page,
  site,
}) => {
  await open(
    page,
    site,
    'lib.trackDataAttributes(tracker)',
    `<section data-track="Card Opened"><p id=card>card</p>
       <button id=plan data-track="Plan Chosen" data-track-plan-name=team data-track-value=49.5 data-track-currency=EUR
         data-other=x><i>Choose</i></button></section>
     <label id=label data-track="News Wanted">News <input type=checkbox></label>
     <label data-track="Terms Read">I have read <a id=terms href="/terms" onclick="event.preventDefault()">the terms</a>
       <input id=box type=checkbox></label>
     <form data-track="Search Sent" data-track-where=top onsubmit="return false"><button id=find>Find</button></form>
     <p id=plain>plain</p>`,
  );
  for (const id of ['card', 'plan i', 'label', 'terms', 'box', 'find', 'plain']) await page.click(`#${id}`);
  await page.click('#card', { button: 'middle' });
  expect(await trackedOn(page, site)).toEqual([
    ['Card Opened', {}],
    ['Plan Chosen', { planName: 'team' }],
    ['News Wanted', {}],
    ['Terms Read', {}],
    ['Terms Read', {}],
    ['Search Sent', { where: 'top' }],
  ]);
  expect(site.collector.accepted[1]).toMatchObject({ value: 49.5, currency: 'EUR' });
});

for (const [how, end] of [
  ['the function it returned', 'stop()'],
  ['the tracker', 'tracker.close()'],
] as const) {
  test(`nothing is heard any more after ${how} ended it`, async ({ page, site }) => {
    await open(page, site, 'lib.trackDataAttributes(tracker)', '<p id=a data-track=A>a</p>');
    await page.click('#a');
    await page.evaluate(end);
    await page.click('#a');
    expect(await page.evaluate(() => window.tracker.stats().then(({ dropped }) => dropped))).toEqual({});
    await page.goto('/bare');
    site.script = '';
    await page.goto('/after');
    expect(await trackedOn(page, site)).toEqual([['A', {}]]);
  });
}

test('without a tracker it says what it needs', async ({ page }) => {
  await page.goto('/bare');
  const attempt = () => {
    try {
      window.lib.trackForms(undefined as never);
      return 'taken';
    } catch (error) {
      return String(error);
    }
  };
  expect(await page.evaluate(attempt)).toMatch(/TypeError.*trackForms\(\) needs what createTracker\(\) returned/);
});

test('it can be given the function of the script tag, before the script has loaded', async ({ page, site }) => {
  await page.goto('/bare');
  await page.evaluate(() => {
    const queue: unknown[] = [];
    const stub = Object.assign((...args: unknown[]) => queue.push([Date.now(), args]), { q: queue });
    Object.assign(window, { tracklet: stub });
    document.body.innerHTML = '<p id=a data-track=A>a</p>';
    window.lib.trackDataAttributes(stub);
  });
  await page.click('#a');
  await page.evaluate(() => {
    const call = (window as unknown as { tracklet: (...args: unknown[]) => void }).tracklet;
    call('init', { destinations: { relay: { endpoint: '/t' } }, pageViews: 'off', flushAfterMs: 50 });
    const script = Object.assign(document.createElement('script'), { src: '/tracklet.js' });
    document.body.append(script);
  });
  await expect.poll(() => site.collector.accepted.map(({ name }) => name)).toEqual(['A']);
});

test('engagement: how long each view was visible and how far it was scrolled, told of the view that ended', async ({
  page,
  site,
}) => {
  site.options.pageViews = 'auto';
  await open(page, site, 'lib.trackEngagement(tracker)', '<div style="height: 3000px">long</div>');
  const height = await page.evaluate(() => innerHeight);
  await page.mouse.wheel(0, 1_500 - height);
  await page.waitForFunction('scrollY > 0');
  await page.waitForFunction('performance.now() > 700');
  await page.evaluate(() => history.pushState({}, '', '/second'));
  await page.goto('/bare');
  site.script = '';
  site.options.pageViews = 'off';
  await page.goto('/after');
  const events = site.collector.accepted;
  await expect.poll(async () => (await trackedOn(page, site)).length, { timeout: 20_000 }).toBe(4);
  const [first, second] = events.filter(({ type }) => type === 'page');
  const left = events.filter(({ name }) => name === 'Page Left');
  expect(left.map(({ page: { viewId } }) => viewId)).toEqual([first?.page.viewId, second?.page.viewId]);
  expect(left.map(({ page: { path } }) => path)).toEqual(['/', '/second']);
  const [visit, briefly] = left.map(({ properties }) => properties as { visibleMs: number; scrollPercent: number });
  expect(visit?.visibleMs).toBeGreaterThan(200);
  expect(visit?.scrollPercent).toBeGreaterThan(40);
  expect(visit?.scrollPercent).toBeLessThan(60);
  expect(briefly?.visibleMs).toBeLessThan(visit?.visibleMs ?? 0);
});
