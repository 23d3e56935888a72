import type { Page } from '@playwright/test';

/** Everything a site can leave in a browser, read by the browser's own means. */
export interface Stored {
  readonly localStorage: { readonly [key: string]: string };
  readonly sessionStorage: { readonly [key: string]: string };
  /** Rows of each database, by its name and that of the object store. */
  readonly databases: { readonly [name: string]: { readonly [key: string]: unknown } };
  readonly caches: readonly string[];
  readonly cookies: readonly string[];
  readonly serviceWorkers: number;
}

export const NOTHING_STORED: Stored = {
  localStorage: {},
  sessionStorage: {},
  databases: {},
  caches: [],
  cookies: [],
  serviceWorkers: 0,
};

/** What this page's site has stored. */
export async function storedBy(page: Page): Promise<Stored> {
  const cookies = (await page.context().cookies()).map(({ name }) => name);
  const rest = await page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const databases: { [name: string]: { [key: string]: unknown } } = {};
    for (const { name = '' } of await indexedDB.databases()) {
      const opening = indexedDB.open(name);
      // Deleted meanwhile; it must not be us who makes it again.
      opening.onupgradeneeded = () => opening.transaction?.abort();
      const database = await settled(opening).catch(() => undefined);
      if (!database) continue;
      const rows: { [key: string]: unknown } = {};
      for (const store of database.objectStoreNames) {
        const source = database.transaction(store).objectStore(store);
        const [keys, values] = await Promise.all([settled(source.getAllKeys()), settled(source.getAll())]);
        keys.forEach((key, index) => {
          rows[String(key)] = values[index];
        });
      }
      database.close();
      databases[name] = rows;
    }
    return {
      localStorage: { ...localStorage } as { [key: string]: string },
      sessionStorage: { ...sessionStorage } as { [key: string]: string },
      databases,
      caches: await caches.keys(),
      serviceWorkers: (await navigator.serviceWorker.getRegistrations()).length,
    };
  });
  return { ...rest, cookies };
}

/** Every word that is stored. */
export const textOf = (stored: Stored): string => JSON.stringify(stored);
