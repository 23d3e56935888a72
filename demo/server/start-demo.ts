import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { VendorName } from '../shared/vendor-names.js';
import { destinationOptions } from '../tracker-options.js';
import type { StandIn } from '../vendors/stand-in.js';
import { startVendors } from '../vendors/start-vendors.js';
import { bundleForBrowsers } from './browser-bundles.js';
import { createFaultBoard } from './fault-board.js';
import { createHangingRequests } from './hanging-requests.js';
import { listen } from './listen.js';
import { serveLive } from './live-routes.js';
import { createLiveStream } from './live-stream.js';
import { serveSite } from './routes.js';

export interface Demo {
  readonly origin: string;
  readonly vendors: Record<VendorName, StandIn>;
  close(): Promise<void>;
}

/** Starts the stand-in vendors, the shop, and the live view's switches; all on this machine only. */
export async function startDemo(port: number): Promise<Demo> {
  const [bundles, vendors] = await Promise.all([bundleForBrowsers(), startVendors()]);
  const board = createFaultBoard(vendors, () => stream.tellBoard());
  const stream = createLiveStream(vendors, board.current);

  const shop = createServer();
  // A port of its own: a browser opens six connections to one origin, and requests that hang in the shop's proxies must
  // not keep the switch that heals them from being thrown.
  const control = createServer();
  const [origin, controlOrigin] = await Promise.all([listen(shop, port), listen(control, 0)]);
  const site = {
    vendors,
    bundles,
    controlOrigin,
    hanging: createHangingRequests(vendors),
    destinations: destinationOptions(vendors.klaviyo.url),
  };

  shop.on(
    'request',
    guard((request, response, url) => serveSite(request, response, url, site)),
  );
  control.on(
    'request',
    guard(async (request, response, url) => {
      const served = await serveLive(request, response, url.pathname, stream, board, origin);
      if (!served) response.writeHead(404).end();
    }),
  );

  return {
    origin,
    vendors,
    async close() {
      stream.close();
      await Promise.all([closeServer(shop), closeServer(control)]);
      await Promise.all(Object.values(vendors).map((vendor) => vendor.close()));
    },
  };
}

type Serve = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** One request that goes wrong must not end the demo. */
function guard(serve: Serve): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://demo');
    serve(request, response, url).catch((error: unknown) => {
      console.error(`${request.method} ${url.pathname}:`, error);
      response.destroy();
    });
  };
}

function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  return closed;
}
