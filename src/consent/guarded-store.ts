import { handoverOf } from '../queue/handover.js';
import type { Entry } from '../queue/journal.js';
import type { Store } from '../queue/store.js';
import { deleteDatabases } from './delete-databases.js';

/** A store that is not there before someone may store, and can be made never to have been. */
export interface GuardedStore extends Store {
  open(): void;
  /** Deletes the database, and what pages have left there for a service worker. */
  erase(): void;
}

/** The entry under those of its keys that may be kept, undefined if there are none; removing is always allowed. */
export const keptOf = (entry: Entry, mayKeep: (key: string) => boolean): Entry | undefined => {
  const keys = entry.keys.filter((key) => entry.value === undefined || mayKeep(key));
  return keys.length > 0 ? { ...entry, keys } : undefined;
};

/** `mayKeep` says of a key whether something may be kept under it now. */
export function guardStore(name: string, create: () => Store, mayKeep: (key: string) => boolean): GuardedStore {
  let store: Store | undefined;

  return {
    get ready() {
      return store?.ready ?? Promise.resolve();
    },
    isDurable: () => store?.isDurable() ?? false,
    hasDisk: () => store?.hasDisk() ?? false,
    write(entries) {
      store?.write(entries.flatMap((entry) => keptOf(entry, mayKeep) ?? []));
    },
    async read(...range) {
      await store?.ready;
      return (await store?.read(...range)) ?? [];
    },
    update: async (key, change) => store?.update(key, change),
    guard: (left) => store?.guard(left),
    resume: () => store?.resume(),
    close: () => store?.close(),
    open() {
      store ??= create();
    },
    erase() {
      store?.close();
      store = undefined;
      deleteDatabases(name, handoverOf(name));
    },
  };
}
