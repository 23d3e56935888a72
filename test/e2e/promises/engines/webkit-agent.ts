import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { within } from './engine.js';

const CALL_MS = 30_000;
/** Each tab keeps a request for orders open, and browsers open six connections to an origin: ten tabs need several. */
const ORIGINS = 5;

interface Order {
  readonly id: number;
  readonly code: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  /** The page that was given the order; undefined while it waits for one. */
  page?: string;
}

/**
 * Talks to pages of a browser that runs without a driver, because one with a driver forgets everything when it ends. Each
 * page asks for orders, over requests of its own, and says what came of them.
 */
export interface Agents {
  /** Where pages ask. Another site than theirs, so that it has a process of its own. */
  readonly origin: string;
  /** Runs in every page. */
  readonly script: string;
  run(tab: string, code: string): Promise<unknown>;
  close(): void;
}

export async function startAgents(): Promise<Agents> {
  const orders = new Map<string, Order[]>();
  const idle = new Map<string, { readonly page: string; readonly response: ServerResponse }>();
  let lastId = 0;

  const hand = (tab: string) => {
    const waiting = idle.get(tab);
    const order = orders.get(tab)?.find(({ page }) => page === undefined);
    if (!waiting || !order) return;
    idle.delete(tab);
    order.page = waiting.page;
    waiting.response.end(JSON.stringify({ id: order.id, code: order.code }));
  };
  const conclude = (tab: string, isMeant: (order: Order) => boolean, tell: (order: Order) => void) => {
    const all = orders.get(tab) ?? [];
    orders.set(
      tab,
      all.filter((order) => !isMeant(order)),
    );
    all.filter(isMeant).forEach(tell);
  };
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const tab = searchParams.get('tab') ?? '';
    const page = searchParams.get('page') ?? '';
    response.setHeader('access-control-allow-origin', '*');
    if (pathname === '/standby') {
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><title>Standby</title><link rel="icon" href="data:,"><script>${script}</script>`);
    } else if (pathname === '/next') {
      // Another page of the tab asks, so the page before is gone, and its order with it.
      conclude(
        tab,
        (order) => order.page !== undefined && order.page !== page,
        ({ reject }) => reject(new Error('the page is gone')),
      );
      // WebKit cuts a page off from its requests when it begins to go elsewhere, also if it stays in the end.
      const last = Number(searchParams.get('last'));
      for (const order of orders.get(tab) ?? []) if (order.id > last) delete order.page;
      idle.set(tab, { page, response });
      response.on('close', () => idle.get(tab)?.response === response && idle.delete(tab));
      hand(tab);
    } else if (pathname === '/done') {
      const { id, value, error } = JSON.parse(await text(request)) as { id: number; value?: unknown; error?: string };
      response.end();
      conclude(
        tab,
        (order) => order.id === id,
        ({ resolve, reject }) => (error === undefined ? resolve(value) : reject(new Error(error))),
      );
    }
  };
  const servers = Array.from({ length: ORIGINS }, () =>
    createServer((request, response) => {
      response.shouldKeepAlive = false;
      respond(request, response).catch(() => response.destroy());
    }),
  );
  const origins = await Promise.all(
    servers.map(async (server) => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return `http://localhost:${(server.address() as AddressInfo).port}`;
    }),
  );
  const script = agentScript(origins);

  return {
    origin: origins[0] ?? '',
    script,
    run(tab, code) {
      lastId += 1;
      const id = lastId;
      const outcome = new Promise<unknown>((resolve, reject) => {
        orders.set(tab, [...(orders.get(tab) ?? []), { id, code, resolve, reject }]);
        hand(tab);
      });
      return within(CALL_MS, 'code in a page', outcome).finally(() =>
        conclude(
          tab,
          (order) => order.id === id,
          () => undefined,
        ),
      );
    },
    close() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

/** The tab's name is in the address of its first page, then in `window.name`, which survives what stays in the tab. */
const agentScript = (origins: readonly string[]) => `(() => {
  const named = /[?&]tab=([^&]+)/.exec(location.search);
  if (named) window.name = named[1];
  if (!window.name || window !== top) return;
  const origin = ${JSON.stringify(origins)}[Number(/\\d*$/.exec(window.name)) % ${origins.length}];
  const started = {};
  let last = 0;
  const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
  const say = (outcome) =>
    fetch(origin + '/done?tab=' + window.name, { method: 'POST', body: JSON.stringify(outcome) })
      .catch(() => pause().then(() => say(outcome)));
  const ask = async (page) => {
    while (started.page === page) {
      try {
        const response = await fetch(origin + '/next?tab=' + window.name + '&page=' + page + '&last=' + last);
        const { id, code } = await response.json();
        last = id;
        // Not awaited: what an order begins may end after the next one has come.
        (0, eval)('(async () => {' + code + '\\n})()').then(
          (value) => say({ id, value }),
          (error) => say({ id, error: String(error) }),
        );
      } catch {
        await pause();
      }
    }
  };
  const begin = () => ask(started.page = String(Math.random()));
  // A page from the back/forward cache has lost the request it was waiting for.
  addEventListener('pageshow', ({ persisted }) => { if (persisted) begin(); });
  begin();
})();
`;
