import { emptyBrowserStorage } from '../shared/empty-browser-storage.js';
import type { FaultName } from '../shared/fault-names.js';
import type { LiveMessage } from '../shared/live-channel.js';
import type { LiveFeed } from '../shared/live-feed.js';
import type { VendorName } from '../shared/vendor-names.js';

const origin = document.body.dataset.control ?? '';

const ask = (method: string, path: string, body?: string): Promise<Response> =>
  fetch(`${origin}/live/${path}`, { method, ...(body !== undefined && { body }) });

export const setFault = (vendor: VendorName, fault: FaultName): Promise<Response> =>
  ask('PUT', `fault/${vendor}`, fault);

export const setOffline = (offline: boolean): Promise<Response> => ask('PUT', 'offline', String(offline));

/** What the pages need to close their trackers; none answers, as there may be none. */
const CLOSING_MS = 400;

/** The vendors forget everything, and so does this browser. */
export async function resetAll(tellPages: (message: LiveMessage) => void): Promise<void> {
  // The pages first: what they still send on closing must not arrive at vendors that are already empty.
  tellPages({ kind: 'wipe' });
  await new Promise((resolve) => setTimeout(resolve, CLOSING_MS));
  emptyBrowserStorage();
  await ask('POST', 'reset');
  tellPages({ kind: 'start-over' });
}

type Listeners = { readonly [Name in keyof LiveFeed]: (data: LiveFeed[Name]) => void };

/** The browser itself connects again when the demo server was restarted, and gets a new snapshot. */
export function listenToFeed(listeners: Listeners, connected: (is: boolean) => void): void {
  const source = new EventSource(`${origin}/live/stream`);
  const listen = <Name extends keyof LiveFeed>(name: Name): void => {
    source.addEventListener(name, (event: MessageEvent<string>) => {
      listeners[name](JSON.parse(event.data) as LiveFeed[Name]);
    });
  };
  listen('snapshot');
  listen('receipt');
  listen('answer');
  listen('board');
  source.onopen = () => connected(true);
  source.onerror = () => connected(false);
}
