import { expect, test } from 'vitest';
import { guardStorage } from '../../../src/consent/guarded-storage.js';
import { createSafeStorage } from '../../../src/lib/safe-storage.js';

/** Storage of a page with a destination that may store and one that may not. */
function openStorage(isAgreed = true) {
  const inner = createSafeStorage();
  return {
    inner,
    storage: guardStorage(
      inner,
      't:',
      (lane) => lane === 'shop',
      () => isAgreed,
    ),
  };
}

test('of a page’s departure it takes only the claims of those who may store', () => {
  const { inner, storage } = openStorage();
  storage.set('t:gone:p-1', { at: 1, left: true, claims: { shop: ['e-1'], ads: ['e-1', 'e-2'] } });
  expect(inner.get('t:gone:p-1')).toEqual({ at: 1, left: true, claims: { shop: ['e-1'] } });
});

test('of a journal’s entry it takes only the keys of those who may store, and every removal', () => {
  const { inner, storage } = openStorage();
  storage.set('t:journal:a', { id: 'a', keys: ['shop e 1 a', 'ads~held e 1 a'], value: 1 });
  storage.set('t:journal:b', { id: 'b', keys: ['ads e 1 b'], value: 1 });
  storage.set('t:journal:c', { id: 'c', keys: ['ads e 1 c', 'shop e 1 c'] });
  expect(inner.get('t:journal:a')).toEqual({ id: 'a', keys: ['shop e 1 a'], value: 1 });
  expect(inner.get('t:journal:b')).toBe(undefined);
  expect(inner.get('t:journal:c')).toEqual({ id: 'c', keys: ['ads e 1 c', 'shop e 1 c'] });
});

test('takes all else as it is, or nothing at all', () => {
  const { inner, storage } = openStorage();
  storage.set('t:visitor', { anonymousId: 'a' });
  expect(inner.get('t:visitor')).toEqual({ anonymousId: 'a' });
  const shut = openStorage(false);
  shut.inner.set('t:visitor', 'earlier');
  expect(shut.storage.set('t:session', 1)).toBe(false);
  shut.storage.set('t:visitor', undefined);
  expect([shut.inner.get('t:session'), shut.inner.get('t:visitor')]).toEqual([undefined, undefined]);
});
