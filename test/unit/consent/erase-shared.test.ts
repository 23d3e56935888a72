import { expect, test, vi } from 'vitest';
import { eraseShared } from '../../../src/consent/erase-shared.js';
import { createSafeStorage } from '../../../src/lib/safe-storage.js';

const ALL_REFUSED = { '*': 'denied' };

test.each([
  ['there is nothing else of it', {}, true],
  ['it has refused itself', { consent: ALL_REFUSED }, true],
  ['it has refused itself, at any subdomain', { choice: { said: { analytics: 'denied', ads: 'denied' } } }, true],
  ['a purpose with a g was refused', { consent: { 'marketing-group': 'denied' } }, true],
  ['it is in a session', { session: { number: 1 } }, false],
  ['it has something to send', { 'journal:e-1': { id: 'e-1' } }, false],
  ['it is agreed to', { consent: { '*': 'granted' } }, false],
  ['a part of it is agreed to', { consent: { analytics: 'granted', ads: 'denied' } }, false],
  ['the site grants it', { choice: { said: {} } }, false],
])('a shared visitor is erased with the last who needs it: %s', (_, notes, isErased) => {
  const deleted: string[] = [];
  vi.stubGlobal('indexedDB', { deleteDatabase: (name: string) => deleted.push(name) });
  const storage = createSafeStorage();
  storage.set('t:visitor', { anonymousId: 'a' });
  for (const [key, value] of Object.entries(notes)) storage.set(`t:${key}`, value);
  eraseShared('t', storage);
  expect(storage.get('t:visitor')).toEqual(isErased ? undefined : { anonymousId: 'a' });
  expect(deleted).toEqual(isErased ? ['t'] : []);
});
