import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { framePage } from '../frame/page.js';
import { livePage } from '../live/page.js';
import type { VendorName } from '../shared/vendor-names.js';
import { findPage } from '../shop/pages/find-page.js';
import { layout } from '../shop/pages/layout.js';
import { notFound } from '../shop/pages/not-found.js';
import { studioPage } from '../studio/page.js';
import type { DestinationOptions } from '../tracker-options.js';
import type { StandIn } from '../vendors/stand-in.js';
import { forward } from './forward.js';
import type { HangingRequests } from './hanging-requests.js';
import { proxied } from './proxied.js';
import { staticFile } from './static-files.js';

export interface Site {
  readonly vendors: Record<VendorName, StandIn>;
  readonly hanging: HangingRequests;
  readonly bundles: ReadonlyMap<string, string>;
  readonly destinations: DestinationOptions;
  /** Where the live view finds its stream and its switches. */
  readonly controlOrigin: string;
}

const tracklet = new URL('../../dist/tracklet.js', import.meta.url);

/** Answers everything that a visitor of the shop asks for. */
export async function serveSite(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  site: Site,
): Promise<void> {
  const path = url.pathname;
  const send = (status: number, type: string, content: string): void => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-cache' }).end(content);
  };
  const sendPage = (content: string, status = 200): void => send(status, 'text/html; charset=utf-8', content);

  const onward = proxied(path, site.vendors);
  if (onward) {
    site.hanging.watch(response, onward.vendor);
    return forward(request, response, onward.target + url.search, onward.secretHeaders);
  }
  if (request.method === 'POST' && path === '/shop/order') return redirect(response, '/shop/thanks');
  if (path === '/') return sendPage(framePage());
  if (path === '/shop' || path === '/studio' || path === '/live') return redirect(response, `${path}/`);
  if (path === '/live/') return sendPage(livePage(site.controlOrigin));
  if (path === '/tracklet.js') return send(200, 'text/javascript; charset=utf-8', await readFile(tracklet, 'utf8'));

  const script = site.bundles.get(path);
  if (script !== undefined) return send(200, 'text/javascript; charset=utf-8', script);
  const file = await staticFile(path);
  if (file) return send(200, file.type, file.content);
  // Every other path of the single-page section is one of its own routes.
  if (path.startsWith('/studio/')) return sendPage(studioPage(site.destinations));
  const page = findPage(path, url.searchParams);
  sendPage(layout(page ?? notFound(), site.destinations), page ? 200 : 404);
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location }).end();
}
