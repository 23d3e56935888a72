import { expect, test, vi } from 'vitest';
import { cookieStorage } from '../../../src/visitor/cookie-storage.js';
import { withVisitorIn } from '../../../src/visitor/visitor-keys.js';

test('a cookie that cannot be read is among the keys, so that a refusal erases it', () => {
  const jar = new Map([['t_visitor', '%7Bcut']]);
  vi.stubGlobal('location', { hostname: 'www.example.org', protocol: 'https:' });
  vi.stubGlobal('document', {
    get cookie() {
      return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    },
    set cookie(text: string) {
      if (text.includes('Max-Age=0;')) jar.delete(text.slice(0, text.indexOf('=')));
    },
  });
  const storage = cookieStorage();
  expect(storage.get('t:visitor')).toBe(undefined);
  expect(storage.keys('t:')).toEqual(['t:visitor']);
  for (const key of storage.keys('t:')) storage.set(key, undefined);
  expect(jar.size).toBe(0);
});

test('what the visitor has chosen is kept with the visitor where others read it too, and else with the notes', () => {
  for (const isShared of [true, false]) {
    const there = new Map<string, unknown>();
    const storage = withVisitorIn({
      isShared,
      get: <T>(key: string) => there.get(key) as T | undefined,
      set: (key, value) => Boolean(there.set(key, value)),
      has: (key) => there.has(key),
    });
    for (const key of ['t:visitor', 't:choice', 't:gone:visitor', 't:journal:e']) storage.set(key, 1);
    expect([...there.keys()]).toEqual(isShared ? ['t:visitor', 't:choice'] : ['t:visitor']);
    expect(storage.keys('t:').sort()).toEqual(['t:choice', 't:gone:visitor', 't:journal:e', 't:visitor']);
  }
});
