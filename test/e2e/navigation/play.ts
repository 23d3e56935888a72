import type { TrackletEvent } from '../../../src/event/event.js';
import type { NavigationCase, Step } from './case.js';
import type { NavigationSite } from './site.js';

/** A tab, as every driver can give one. */
export interface Tab {
  goto(url: string): Promise<void>;
  /** Runs the body of an async function. */
  run(code: string): Promise<unknown>;
}

const PATIENCE_MS = 15_000;
/** After a page that was left while it opened its database, WebKit may keep all pages of the site from theirs. */
const IS_OPEN = '(!window.tracker || await tracker.stats())';

/** Plays a case and returns what it captured, as the case writes it. */
export async function play(its: NavigationCase, site: NavigationSite, tab: Tab): Promise<string[]> {
  await tab.goto(site.origin + (its.from ?? '/start'));
  await become(tab, `window.tracker && ${IS_OPEN}`);
  for (const step of its.steps) await take(step, site, tab);
  await become(tab, IS_OPEN);
  // What still waits on the page is told when it is left, and sent by the next one.
  await tab.goto(`${site.origin}/end`);
  await become(
    tab,
    `location.pathname === '/end' && window.tracker && await tracker.flush() &&
     Object.values((await tracker.stats()).destinations).every(({ waiting }) => waiting === 0)`,
  );
  await allArrived(site, (await tab.run('return delivered')) as string[]);
  return write(site.collector.accepted, site.origin, its.also);
}

/** A request of a page that was left may be slower than the next page, which presumes that its events were taken. */
async function allArrived({ collector }: NavigationSite, ids: readonly string[]): Promise<void> {
  const missing = () => ids.filter((each) => collector.accepted.every(({ id }) => id !== each));
  const deadline = Date.now() + PATIENCE_MS;
  while (missing().length > 0) {
    if (Date.now() > deadline) throw new Error(`counted as sent, and never arrived: ${missing()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function take(step: Step, site: NavigationSite, tab: Tab): Promise<void> {
  if (typeof step === 'string') await tab.run(step);
  else if ('goto' in step) await tab.goto(site.origin + step.goto);
  else if ('until' in step) await become(tab, step.until);
  else {
    // In a task of its own, because a page that goes cannot answer; it may be gone all the same before it has.
    await tab.run(`setTimeout(() => { ${step.leave} })`).catch(() => 'it is gone');
    await become(
      tab,
      `location.pathname === ${JSON.stringify(step.to)} && document.readyState === 'complete' && ${IS_OPEN}`,
    );
  }
}

/** Resolves once the expression is true in the tab's page, whichever that is then. */
export async function become(tab: Pick<Tab, 'run'>, expression: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  let last: unknown = 'never true';
  while (Date.now() < deadline) {
    try {
      if (await tab.run(`return !!(await (${expression}))`)) return;
    } catch (error) {
      // Between two pages there is none to ask.
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${expression}: ${last}; the page is ${await tab.run('return location.href').catch(String)}`);
}

/** Goes to an address as if it was typed: without a referrer, and back when the page is there. */
export function typing({ run }: Pick<Tab, 'run'>): Tab {
  return {
    run,
    async goto(url) {
      const go = `Object.assign(document.createElement('a'), { href: ${JSON.stringify(url)}, rel: 'noreferrer' }).click()`;
      await run(`window.isLeft = true; setTimeout(() => { ${go} })`).catch(() => 'it is gone');
      await become({ run }, "!window.isLeft && document.readyState === 'complete'");
    },
  };
}

function write(accepted: readonly TrackletEvent[], origin: string, also: NavigationCase['also']): string[] {
  const captured = accepted.filter(({ page }) => page.path !== '/end');
  const events = [...new Map(captured.map((event) => [event.id, event])).values()].sort(
    (a, b) =>
      a.time - b.time ||
      (a.page.viewId === b.page.viewId ? Number(b.type === 'page') - Number(a.type === 'page') : 0) ||
      a.session.eventIndex - b.session.eventIndex,
  );
  const views = [...new Set(events.map(({ page }) => page.viewId))];
  const within = (url: string) => url.replace(origin, '').replace(/[?&]tab=[^&#]*/, '');
  return events.map(({ type, name, page, context }) => {
    const what = type === 'page' && name === 'Page View' ? 'view' : name;
    const from = page.previousUrl === undefined ? '' : ` < ${within(page.previousUrl)}`;
    const more = {
      titles: ` "${page.title}"`,
      referrers: ` (${within(page.referrer)})`,
      campaigns: ` [${context.campaign?.source ?? ''}]`,
    };
    return `${what} ${views.indexOf(page.viewId) + 1} ${within(page.url)}${also ? more[also] : ''}${from}`;
  });
}
