import { vi } from 'vitest';
import type { Destination } from '../../../src/adapters/adapter.js';
import type { ConsentChoice, ConsentContext } from '../../../src/consent/gate.js';
import { consent } from '../../../src/consent/index.js';
import { createSafeStorage, type SafeStorage } from '../../../src/lib/safe-storage.js';
import type { Store } from '../../../src/queue/store.js';
import { plainAdapter } from '../delivery/lane-harness.js';

/** An origin's localStorage. What is stored are its own properties, as in a browser. */
class LocalStorage {
  [key: string]: unknown;
  getItem(key: string) {
    return Object.hasOwn(this, key) ? this[key] : null;
  }
  setItem(key: string, value: string) {
    this[key] = value;
  }
  removeItem(key: string) {
    delete this[key];
  }
}

/** A visitor's browser on one site, with the signals that it sends. */
export function openBrowser(navigator: object = {}) {
  const localStorage = new LocalStorage();
  vi.stubGlobal('localStorage', localStorage);
  vi.stubGlobal('navigator', navigator);
  vi.stubGlobal('indexedDB', { deleteDatabase() {} });
  return { localStorage, stored: () => ({ ...localStorage }) };
}

const NO_STORE: Store = {
  ready: Promise.resolve(),
  isDurable: () => true,
  hasDisk: () => true,
  write() {},
  read: async () => [],
  update: async () => undefined,
  guard() {},
  resume() {},
  close() {},
};

export interface OpenPage {
  first?: ConsentChoice;
  options?: Parameters<typeof consent>[1];
  purposes?: readonly string[];
  storage?: SafeStorage;
}

/** A page of that site whose tracker has a destination for each purpose, named after it. */
export function openPage({ first, options, purposes = ['analytics', 'marketing'], storage }: OpenPage = {}) {
  const events = new EventTarget();
  vi.stubGlobal('addEventListener', events.addEventListener.bind(events));
  const reported: unknown[] = [];
  const destinations = purposes.map((purpose): Destination => ({ name: purpose, purpose, adapter: plainAdapter() }));
  const context: ConsentContext = {
    name: 't',
    prefix: 't:',
    visitorOf: 't',
    destinations,
    maxWaiting: 10,
    storage,
    signal: new AbortController().signal,
    lose() {},
    report: (error) => void reported.push(error),
  };
  const gate = consent(first, options)(context);
  const kept = gate.guardStorage(storage ?? createSafeStorage());
  gate.guardStore(() => NO_STORE);
  gate.guardDelivery(() => {});
  gate.follow({ begin() {}, enter() {}, halt() {}, resume() {}, forget() {} });
  const isAllowed = (purpose: string) => {
    const destination = gate.destinations.find(({ name }) => name === purpose);
    return destination !== undefined && gate.allows(destination);
  };
  return {
    tracker: { consent: gate.choose },
    kept,
    reported,
    /** Purposes for which something may be stored and sent, once what was refused before has been erased. */
    async granted() {
      await new Promise((resolve) => setTimeout(resolve));
      return purposes.filter(isAllowed);
    },
    /** Comes back from the back/forward cache, where it has heard of nothing. */
    restore: () => void events.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true })),
    hear: (key: string, newValue: string | null) =>
      void events.dispatchEvent(Object.assign(new Event('storage'), { key, newValue })),
  };
}
