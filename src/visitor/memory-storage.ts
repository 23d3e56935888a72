import type { SafeStorage } from '../lib/safe-storage.js';
import { withVisitorIn } from './visitor-keys.js';

/** Keeps visitor and session for this page only: no id is stored, and each page is a visitor of its own. */
export function memoryStorage(): SafeStorage {
  const values = new Map<string, unknown>();
  return withVisitorIn({
    get: <T>(key: string) => values.get(key) as T | undefined,
    set: (key, value) => !values.set(key, value),
    has: (key) => values.get(key) !== undefined,
  });
}
