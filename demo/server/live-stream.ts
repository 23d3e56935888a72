import type { ServerResponse } from 'node:http';
import type { Board, LiveFeed, Receipt } from '../shared/live-feed.js';
import { type VendorName, vendorNames } from '../shared/vendor-names.js';
import type { AcceptedEvent, StandIn } from '../vendors/stand-in.js';

export interface LiveStream {
  /** Turns a response into an endless stream of server-sent events. */
  join(response: ServerResponse): void;
  tellBoard(): void;
  tellEverything(): void;
  close(): void;
}

/** Passes on what the vendors take and answer to every open live view. */
export function createLiveStream(vendors: Record<VendorName, StandIn>, board: () => Board): LiveStream {
  const viewers = new Set<ServerResponse>();

  const write = <Name extends keyof LiveFeed>(to: Iterable<ServerResponse>, name: Name, data: LiveFeed[Name]): void => {
    for (const viewer of to) viewer.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  };

  const snapshot = (): LiveFeed['snapshot'] => ({
    board: board(),
    receipts: Object.fromEntries(
      vendorNames.map((name) => [name, vendors[name].accepted().map(receiptOf)]),
    ) as unknown as LiveFeed['snapshot']['receipts'],
  });

  const subscriptions = vendorNames.map((vendor) =>
    vendors[vendor].onChange(({ event, request }) => {
      if (event) write(viewers, 'receipt', { vendor, receipt: receiptOf(event) });
      // A preflight is the browser's own question, not an event's.
      if (request && request.method !== 'OPTIONS') write(viewers, 'answer', { vendor, status: request.status });
    }),
  );

  return {
    join(response) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      viewers.add(response);
      response.on('close', () => viewers.delete(response));
      write([response], 'snapshot', snapshot());
    },
    tellBoard: () => write(viewers, 'board', board()),
    tellEverything: () => write(viewers, 'snapshot', snapshot()),
    close() {
      for (const unsubscribe of subscriptions) unsubscribe();
      for (const viewer of viewers) viewer.end();
    },
  };
}

function receiptOf({ id, name, at, count, repeats }: AcceptedEvent): Receipt {
  return { id, name, at, count, repeats };
}
