import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cookieStorage } from '../../../src/visitor/cookie-storage.js';

interface Cookie {
  readonly name: string;
  /** `.example.org` for the domain, `www.example.org` for the host alone. */
  readonly domain: string;
  readonly value: string;
}

/** A browser's cookies, which outlive a page. */
let jar: Cookie[] = [];
let written: string[] = [];

/** A page whose jar does what a browser's does: names the older cookie first, takes nothing large or for too many. */
function onPage(hostname: string, protocol = 'https:'): void {
  vi.stubGlobal('location', { hostname, protocol });
  vi.stubGlobal('document', {
    get cookie() {
      const seen = jar.filter(({ domain }) =>
        domain[0] === '.' ? `.${hostname}`.endsWith(domain) : domain === hostname,
      );
      return seen.map(({ name, value }) => `${name}=${value}`).join('; ');
    },
    set cookie(text: string) {
      written.push(text);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      const [, wide] = /Domain=([^;]+)/.exec(text) ?? [];
      const domain = wide === undefined ? hostname : `.${wide}`;
      const isForeign = wide !== undefined && !`.${hostname}`.endsWith(domain);
      const isPublic = /^\.(org|co\.uk|uk)$/.test(domain);
      if (isForeign || isPublic || name.length + value.length > 4_096) return;
      const at = jar.findIndex((cookie) => cookie.name === name && cookie.domain === domain);
      const isGone = /Max-Age=0(;|$)/.test(text);
      if (at >= 0) jar.splice(at, 1, ...(isGone ? [] : [{ name, domain, value }]));
      else if (!isGone) jar.push({ name, domain, value });
    },
  });
}

const scopes = (name: string) => jar.filter((cookie) => cookie.name === name).map(({ domain }) => domain);

beforeEach(() => {
  jar = [];
  written = [];
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('writes first-party cookies for the domain, for as long as browsers keep one', () => {
  onPage('www.example.org');
  const storage = cookieStorage({ domain: 'example.org' });
  expect(storage.set('t:visitor', { anonymousId: 'a; b' })).toBe(true);
  expect(written).toEqual([
    't_visitor=%7B%22anonymousId%22%3A%22a%3B%20b%22%7D; Path=/; Max-Age=34560000; SameSite=Lax; Domain=example.org; Secure',
  ]);
  expect(storage.get('t:visitor')).toEqual({ anonymousId: 'a; b' });
  expect(storage.keys('t:')).toEqual(['t:visitor']);
  storage.set('t:visitor', undefined);
  expect([storage.get('t:visitor'), storage.keys('t:')]).toEqual([undefined, []]);
});

test('keeps what pages note for each other out of cookies', () => {
  onPage('www.example.org');
  const storage = cookieStorage();
  storage.set('t:journal:e-1', { id: 'e-1' });
  expect(storage.get('t:journal:e-1')).toEqual({ id: 'e-1' });
  expect(written).toEqual([]);
});

test('two trackers whose names differ by a sign have two cookies', () => {
  onPage('www.example.org');
  const storage = cookieStorage();
  storage.set('my-shop:visitor', { anonymousId: 'a' });
  storage.set('my_shop:visitor', { anonymousId: 'b' });
  expect(storage.get('my-shop:visitor')).toEqual({ anonymousId: 'a' });
});

test('a domain that comes later takes over what was kept for the host alone', () => {
  onPage('shop.example.org');
  const before = cookieStorage();
  before.set('t:visitor', { anonymousId: 'a' });
  before.set('t:session', { number: 1 });

  const storage = cookieStorage({ domain: 'example.org' });
  expect(storage.get('t:visitor')).toEqual({ anonymousId: 'a' });
  expect(storage.set('t:session', { number: 2 })).toBe(true);
  expect(storage.get('t:session')).toEqual({ number: 2 });
  expect([scopes('t_visitor'), scopes('t_session')]).toEqual([['.example.org'], ['.example.org']]);
  storage.set('t:visitor', { anonymousId: 'a', userId: 'u-1' });
  expect(storage.get('t:visitor')).toEqual({ anonymousId: 'a', userId: 'u-1' });

  onPage('blog.example.org');
  expect(cookieStorage({ domain: 'example.org' }).get('t:visitor')).toEqual({ anonymousId: 'a', userId: 'u-1' });
});

test('a visitor whom the subdomains share already counts, and not the one that this host knew before', () => {
  onPage('shop.example.org');
  cookieStorage().set('t:visitor', { anonymousId: 'old' });
  onPage('blog.example.org');
  cookieStorage({ domain: 'example.org' }).set('t:visitor', { anonymousId: 'shared', userId: 'u-1' });
  onPage('shop.example.org');
  const storage = cookieStorage({ domain: 'example.org' });
  storage.set('t:session', { number: 1 });
  expect(storage.get('t:visitor')).toEqual({ anonymousId: 'shared', userId: 'u-1' });
  expect(scopes('t_visitor')).toEqual(['.example.org']);
});

test('a domain that is given up, or was another, leaves nothing that is in the way', () => {
  onPage('shop.example.org');
  cookieStorage({ domain: 'example.org' }).set('t:session', { number: 1 });
  const storage = cookieStorage();
  expect(storage.set('t:session', { number: 2 })).toBe(true);
  expect(storage.get('t:session')).toEqual({ number: 2 });
  expect(scopes('t_session')).toEqual(['shop.example.org']);
});

test('what is erased is erased for the host and for the domain', () => {
  onPage('shop.example.org');
  cookieStorage({ domain: 'example.org' }).set('t:visitor', { anonymousId: 'shared' });
  cookieStorage({ domain: 'shop.example.org' }).set('t:session', { number: 1 });
  const storage = cookieStorage();
  for (const key of ['t:visitor', 't:session']) storage.set(key, undefined);
  expect(jar).toEqual([]);
});

test('a cookie of the visitor lives on with each page that has an event', () => {
  onPage('www.example.org');
  cookieStorage({ maxAgeMs: 1_000_000 }).set('t:visitor', { anonymousId: 'a' });
  written = [];
  const storage = cookieStorage({ maxAgeMs: 2_000_000 });
  storage.set('t:session', { number: 1 });
  storage.set('t:session', { number: 2 });
  const renewed = written.filter((text) => text.startsWith('t_visitor='));
  expect(renewed).toEqual([expect.stringMatching(/^t_visitor=%7B.*; Max-Age=2000;/)]);
});

test('a domain that the browser takes no cookie for is said once, and the host keeps them', () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  onPage('shop.co.uk');
  const storage = cookieStorage({ domain: 'co.uk' });
  expect(storage.set('t:visitor', { anonymousId: 'a' })).toBe(true);
  expect(storage.set('t:session', { number: 1 })).toBe(true);
  const next = cookieStorage({ domain: 'co.uk' });
  expect(next.set('t:session', { number: 2 })).toBe(true);
  expect([next.get('t:visitor'), next.get('t:session')]).toEqual([{ anonymousId: 'a' }, { number: 2 }]);
  expect(said.mock.calls).toEqual(Array(2).fill([expect.stringMatching(/takes no cookie for the domain 'co\.uk'/)]));
});

test('a cookie that the browser did not take in its new form does not speak for the page', () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  onPage('www.example.org');
  const storage = cookieStorage({ domain: 'example.org' });
  storage.set('t:visitor', { anonymousId: 'a' });
  const visitor = { anonymousId: 'a', ids: { vendor: 'x'.repeat(5_000) } };
  expect(storage.set('t:visitor', visitor)).toBe(false);
  expect(storage.get('t:visitor')).toEqual(visitor);
  // The next page knows the visitor all the same, and another tab's word counts.
  expect(cookieStorage({ domain: 'example.org' }).get('t:visitor')).toEqual({ anonymousId: 'a' });
  cookieStorage({ domain: 'example.org' }).set('t:visitor', { anonymousId: 'b' });
  expect(storage.get('t:visitor')).toEqual({ anonymousId: 'b' });
  expect(said).not.toHaveBeenCalled();
});

test('what does not fit into a cookie lasts as long as the page, and says so', () => {
  onPage('www.example.org');
  const storage = cookieStorage();
  const visitor = { anonymousId: 'a', ids: { vendor: 'x'.repeat(5_000) } };
  expect(storage.set('t:visitor', visitor)).toBe(false);
  expect(storage.get('t:visitor')).toEqual(visitor);
});

test.each([
  ['a domain that is not above the page', { domain: 'example.com' }, 'www.example.org or a domain above it'],
  ['a domain that only ends alike', { domain: 'ample.org' }, "not 'ample.org'"],
  ['a life that is no number', { maxAgeMs: Number.NaN }, 'positive'],
])('refuses %s with the rule and the fix', (_, options, words) => {
  onPage('www.example.org');
  expect(() => cookieStorage(options)).toThrow(TypeError);
  expect(() => cookieStorage(options)).toThrow(words);
});
