/** A synchronous key-value store that never throws. */
export interface SafeStorage {
  get(key: string): string | null;
  /** False when the value could not be written to disk: storage blocked, or full. */
  set(key: string, value: string): boolean;
  remove(key: string): void;
  keys(prefix: string): string[];
}

/**
 * localStorage where the browser grants it, else this page's memory. Merely touching `localStorage` throws in sandboxed
 * frames and with cookies blocked, and `setItem` throws when the site's quota is used up.
 */
export function createSafeStorage(): SafeStorage {
  const memory = new Map<string, string>();
  const attempt = <T>(use: (storage: Storage) => T, otherwise: T): T => {
    try {
      return use(globalThis.localStorage);
    } catch {
      return otherwise;
    }
  };
  return {
    get: (key) => memory.get(key) ?? attempt((storage) => storage.getItem(key), null),
    set(key, value) {
      const stored = attempt((storage) => {
        storage.setItem(key, value);
        return true;
      }, false);
      if (stored) memory.delete(key);
      else memory.set(key, value);
      return stored;
    },
    remove(key) {
      memory.delete(key);
      attempt((storage) => storage.removeItem(key), undefined);
    },
    keys: (prefix) => [
      ...[...memory.keys(), ...attempt((storage) => Object.keys(storage), [])].filter((key) => key.startsWith(prefix)),
    ],
  };
}

/** The parsed value of a key, or null when it is absent or damaged. */
export function readJson<T>(storage: SafeStorage, key: string): T | null {
  const text = storage.get(key);
  if (!text) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    storage.remove(key);
    return null;
  }
}
