import { createSafeStorage, type SafeStorage } from '../lib/safe-storage.js';

/** Ends of the keys that say who the visitor is, and in which session. */
const NAMES = ['visitor', 'minted', 'session'];

/** Where the visitor is kept. */
export interface VisitorStorage extends Omit<SafeStorage, 'keys'> {
  /** Is there anything under this key, whether it can be read or not? */
  has(key: string): boolean;
}

/**
 * Keeps the visitor's keys elsewhere, and what the visitor has chosen if others go there too; the notes that pages leave
 * each other stay in this origin's localStorage.
 */
export function withVisitorIn(elsewhere: VisitorStorage): SafeStorage {
  const local = createSafeStorage();
  const { isShared = false } = elsewhere;
  const names = isShared ? [...NAMES, 'choice'] : NAMES;
  const of = (key: string) => (names.includes(key.slice(key.indexOf(':') + 1)) ? elsewhere : local);
  return {
    isShared,
    get: (key) => of(key).get(key),
    set: (key, value) => of(key).set(key, value),
    keys: (prefix) => [...local.keys(prefix), ...names.map((name) => prefix + name).filter(elsewhere.has)],
  };
}
