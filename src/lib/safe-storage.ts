/** A synchronous key-value store of JSON values that never throws. */
export interface SafeStorage {
  /** Do other origins share it, which hear of no change? */
  readonly isShared?: boolean;
  /** Undefined when the key is absent or its value damaged. */
  get<T>(key: string): T | undefined;
  /** Undefined removes the key. False when the value will not outlive the page: storage is blocked, or full. */
  set(key: string, value: unknown): boolean;
  keys(prefix: string): string[];
}

const attempt = <T>(use: () => T): T | undefined => {
  try {
    return use();
  } catch {
    return undefined;
  }
};

/**
 * Holds the page up until what it has put into localStorage has left it, as far as there is a way. Chromium (156) keeps
 * localStorage in another process; while that does not come to read, the page's process holds all behind the first 95 or
 * so puts, and takes them along as its tab is closed (the lab's `close-stalled`). A page's first look at its
 * sessionStorage waits for an answer of that very process, behind all of them; later ones do not.
 */
export const awaitStorage = (): void => void attempt(() => sessionStorage.length);

/**
 * localStorage where the browser grants it, else this page's memory. Merely touching `localStorage` throws in sandboxed
 * frames and with cookies blocked, and `setItem` throws when the site's quota is used up.
 */
export function createSafeStorage(): SafeStorage {
  const memory = new Map<string, string>();
  return {
    get(key) {
      const text = memory.get(key) ?? attempt(() => localStorage.getItem(key));
      return text ? attempt(() => JSON.parse(text)) : undefined;
    },
    set(key, value) {
      memory.delete(key);
      const text = JSON.stringify(value);
      const isStored = attempt(() => {
        if (value === undefined) localStorage.removeItem(key);
        else localStorage.setItem(key, text);
        return true;
      });
      if (!isStored && text) memory.set(key, text);
      return isStored === true;
    },
    keys: (prefix) =>
      [...memory.keys(), ...(attempt(() => Object.keys(localStorage)) ?? [])].filter((key) => key.startsWith(prefix)),
  };
}
