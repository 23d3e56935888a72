import { describe, expect, test, vi } from 'vitest';
import { followGoogleConsent } from '../../../src/consent/google.js';
import { followTcf } from '../../../src/consent/tcf.js';
import type { SafeStorage } from '../../../src/lib/safe-storage.js';
import { openBrowser, openPage } from './browser.js';

type Page = ReturnType<typeof openPage>;

const BOTH = ['analytics', 'marketing'];
const GPC = { globalPrivacyControl: true };
const DNT = { doNotTrack: '1' };
const EACH = { signals: ['gpc', 'dnt'] } as const;
const ADS = { ad_storage: 'granted', ad_user_data: 'granted', ad_personalization: 'granted' };

/** A consent manager of the framework that says this as soon as it is asked. */
const answerTcf = (data: object) =>
  vi.stubGlobal('__tcfapi', (_command: string, _version: 2, callback: (its: object, success: boolean) => void) =>
    callback({ listenerId: 1, ...data }, true),
  );

describe('what the browser says for the visitor outweighs what nobody chose', () => {
  test.each([
    ['Global Privacy Control', GPC, {}, ['analytics']],
    ['Do Not Track', DNT, EACH, []],
    ['nothing', {}, EACH, BOTH],
  ])('where the GDPR does not apply: %s', async (_, navigator, options, granted) => {
    openBrowser(navigator);
    const { tracker, granted: now } = openPage({ first: 'pending', options: { remember: false, ...options } });
    answerTcf({ eventStatus: 'tcloaded', gdprApplies: false });
    followTcf(tracker);
    expect(await now()).toEqual(granted);
  });

  test.each([
    ['Global Privacy Control', GPC, {}, ['analytics']],
    ['Do Not Track', DNT, EACH, []],
    ['nothing', {}, EACH, BOTH],
  ])('where Google’s consent mode grants by default: %s', async (_, navigator, options, granted) => {
    openBrowser(navigator);
    vi.stubGlobal('dataLayer', [['consent', 'default', { analytics_storage: 'granted', ...ADS }]]);
    const { tracker, granted: now } = openPage({ first: 'pending', options: { remember: false, ...options } });
    followGoogleConsent(tracker);
    expect(await now()).toEqual(granted);
  });

  test.each([
    ['Global Privacy Control', GPC, {}, ['analytics']],
    ['Do Not Track', DNT, EACH, []],
    ['nothing', {}, EACH, BOTH],
  ])('where the site names its purposes: %s', async (_, navigator, options, granted) => {
    openBrowser(navigator);
    const page = openPage({ first: { analytics: 'granted', marketing: 'granted' }, options });
    expect(await page.granted()).toEqual(granted);
  });

  test('but not what the visitor chose, to a consent manager or to the site', async () => {
    openBrowser({ ...GPC, ...DNT });
    const options = { remember: false, ...EACH };
    const [tcf, google, own] = [1, 2, 3].map(() => openPage({ first: 'pending', options }));
    answerTcf({
      eventStatus: 'tcloaded',
      gdprApplies: true,
      purpose: { consents: { 1: true, 3: true, 4: true, 8: true } },
    });
    if (tcf) followTcf(tcf.tracker);
    vi.stubGlobal('dataLayer', [['consent', 'update', { analytics_storage: 'granted', ...ADS }]]);
    if (google) followGoogleConsent(google.tracker);
    own?.tracker.consent('granted');
    for (const page of [tcf, google, own]) expect(await page?.granted()).toEqual(BOTH);
  });

  test('nor does a default outweigh what the visitor chose before it was said', async () => {
    openBrowser();
    const { tracker, granted } = openPage({ first: 'pending' });
    tracker.consent({ marketing: 'denied' });
    tracker.consent('granted', { byDefault: true });
    expect(await granted()).toEqual(['analytics']);
  });
});

describe('what another page has said', () => {
  test('is followed, and what is no choice is not', async () => {
    openBrowser();
    const page = openPage({ first: 'granted' });
    for (const damaged of ['{"*":', '"denied"', '["denied"]', '{"analytics":7}', 'null'])
      page.hear('t:consent', damaged);
    expect(await page.granted()).toEqual(BOTH);
    page.hear('t:consent', '{"analytics":"granted","marketing":"denied"}');
    expect(await page.granted()).toEqual(['analytics']);
  });

  test('is not read where it is damaged', async () => {
    const { localStorage } = openBrowser();
    for (const damaged of ['{"*":', '"denied"', '["denied"]', '{"analytics":7}']) {
      localStorage.setItem('t:consent', damaged);
      expect(await openPage({ first: 'granted' }).granted()).toEqual(BOTH);
    }
  });
});

test('a list of states is no choice', async () => {
  openBrowser();
  const page = openPage({ first: 'pending' });
  page.tracker.consent(['granted'] as never);
  expect(await page.granted()).toEqual([]);
  expect(page.reported).toEqual([expect.any(TypeError)]);
});

describe('a page that comes back from the back/forward cache, where the consent manager remembers', () => {
  const options = { remember: false };
  const refusals = [
    [{ marketing: 'denied' }, ['analytics']],
    [{ analytics: 'granted', marketing: 'denied' }, ['analytics']],
    [{ analytics: 'denied' }, ['marketing']],
    ['denied', []],
    [{ analytics: 'denied', marketing: 'denied' }, []],
  ] as const;

  for (const [how, first, said] of [
    ['was granted', 'pending', 'granted'],
    ['was granted by name', 'pending', { analytics: 'granted', marketing: 'granted' }],
    ['the site grants', 'granted', undefined],
  ] as const) {
    test.each(refusals)(`stops what ${how} and was refused on another page: %j`, async (choice, granted) => {
      const { stored } = openBrowser();
      const page = openPage({ first, options });
      if (said) page.tracker.consent(said);
      expect(await page.granted()).toEqual(BOTH);
      const next = openPage({ first, options });
      next.tracker.consent(said ?? {});
      next.tracker.consent(choice);
      page.restore();
      expect(await page.granted()).toEqual(granted);
      page.tracker.consent('denied');
      expect(stored()).toEqual({});
    });
  }

  test('stops what a consent manager granted by default', async () => {
    openBrowser();
    const [page, next] = [openPage({ options }), openPage({ options })];
    for (const { tracker } of [page, next]) tracker.consent('granted', { byDefault: true });
    page.restore();
    expect(await page.granted()).toEqual(BOTH);
    next.tracker.consent({ marketing: 'denied' });
    page.restore();
    expect(await page.granted()).toEqual(['analytics']);
  });

  test('goes on where nobody refused, whatever a page did not say that knew less', async () => {
    openBrowser();
    const page = openPage({ options });
    page.tracker.consent('granted');
    openPage({ options });
    openPage({ options, purposes: ['analytics'] }).tracker.consent({ analytics: 'granted' });
    openPage({ options }).tracker.consent({ analytics: 'granted' });
    page.restore();
    expect(await page.granted()).toEqual(BOTH);
  });

  test('goes on also where a page has waited that could not see yet what was said', async () => {
    const { localStorage } = openBrowser();
    const page = openPage({ options });
    page.tracker.consent('granted');
    // What is stored reaches other processes late.
    const lagging = vi.spyOn(localStorage, 'getItem').mockReturnValue(null);
    openPage({ options });
    lagging.mockRestore();
    page.restore();
    expect(await page.granted()).toEqual(BOTH);
  });

  test('waits if it waited, and still refuses what it refused, whatever was agreed to elsewhere', async () => {
    openBrowser();
    const [waiting, refusing] = [openPage({ options }), openPage({ options })];
    refusing.tracker.consent('denied');
    openPage({ options }).tracker.consent('granted');
    for (const page of [waiting, refusing]) page.restore();
    expect([await waiting.granted(), await refusing.granted()]).toEqual([[], []]);
    // Nor does any later page go by it.
    expect(await openPage({ options }).granted()).toEqual([]);
  });

  test('leaves nothing once a later visit is refused from its start', () => {
    const { stored } = openBrowser();
    openPage({ options }).tracker.consent('granted');
    expect(stored()).not.toEqual({});
    openPage({ first: 'denied', options });
    expect(stored()).toEqual({});
  });

  test('tells other pages also what they have heard before', async () => {
    const { localStorage } = openBrowser();
    const heard: unknown[] = [];
    vi.spyOn(localStorage, 'setItem').mockImplementation((key, value) => {
      if (key === 't:consent') heard.push(value);
    });
    const page = openPage({ options });
    page.tracker.consent('granted');
    page.tracker.consent('granted');
    expect(heard).toEqual(['{"*":"granted"}', '{"*":"granted"}']);
  });
});

describe('a choice that is kept where other subdomains read it', () => {
  /** One subdomain's tab, whose localStorage the other does not see; nobody tells it of cookies. */
  const openTabs = (options: object) => {
    const cookies = new Map<string, unknown>();
    const storage: SafeStorage = {
      isShared: true,
      get: <T>(key: string) => cookies.get(key) as T | undefined,
      set: (key, value) => Boolean(value === undefined ? [cookies.delete(key)] : cookies.set(key, value)),
      keys: (prefix) => [...cookies.keys()].filter((key) => key.startsWith(prefix)),
    };
    openBrowser();
    const shop = openPage({ options, storage });
    openBrowser();
    const blog = openPage({ options, storage });
    return { shop, blog, cookies, storage };
  };

  test.each([true, false])('is asked for before anything is stored or sent; remembered: %s', async (remember) => {
    const { shop, blog, cookies } = openTabs({ remember });
    for (const tab of [shop, blog]) tab.tracker.consent('granted');
    expect(await blog.granted()).toEqual(BOTH);
    shop.tracker.consent({ marketing: 'denied' });
    expect(await blog.granted()).toEqual(['analytics']);
    shop.tracker.consent('denied');
    expect(await blog.granted()).toEqual([]);
    expect(blog.kept.set('t:visitor', {})).toBe(false);
    expect([...cookies.keys()]).toEqual(remember ? ['t:choice'] : []);
  });

  test('outlives the page there too, whatever that origin was told itself, and longer than a cookie', async () => {
    const { shop, blog, cookies, storage } = openTabs({});
    blog.tracker.consent('granted');
    shop.tracker.consent('denied');
    expect(await openPage({ first: 'granted', storage }).granted()).toEqual([]);
    cookies.clear();
    expect(await openPage({ first: 'granted', storage }).granted()).toEqual([]);
  });

  test('is not overwritten by a tab that has not heard of it', async () => {
    const { shop, blog } = openTabs({});
    for (const tab of [shop, blog]) tab.tracker.consent('granted');
    shop.tracker.consent({ marketing: 'denied' });
    blog.tracker.consent({ analytics: 'granted' });
    expect([await shop.granted(), await blog.granted()]).toEqual([['analytics'], ['analytics']]);
  });

  test.each([true, false])(
    'is told within the origin where the browser takes no such cookie; remembered: %s',
    async (remember) => {
      openBrowser();
      const blocked = (): SafeStorage => {
        const memory = new Map<string, unknown>();
        return {
          isShared: true,
          get: <T>(key: string) => memory.get(key) as T | undefined,
          set: (key, value) => !memory.set(key, value),
          keys: () => [],
        };
      };
      const options = { remember };
      const [page, other] = [1, 2].map(() => openPage({ options, storage: blocked() })) as [Page, Page];
      for (const tab of [page, other]) tab.tracker.consent('granted');
      other.tracker.consent('denied');
      page.hear('t:consent', '{"*":"denied"}');
      expect(await page.granted()).toEqual([]);
      page.tracker.consent('granted');
      other.hear('t:consent', '{"*":"granted"}');
      other.tracker.consent({ marketing: 'denied' });
      page.restore();
      expect(await page.granted()).toEqual(['analytics']);
    },
  );
});
