import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { forward } from '../../../demo/server/forward.js';
import { proxied } from '../../../demo/server/proxied.js';
import type { StandIn } from '../../../demo/vendors/stand-in.js';
import type { ScriptOptions } from '../../../src/script.js';
import type { BrowserCode } from './browser-code.js';
import { type Collector, createCollector } from './collector.js';
import { modulePage } from './html.js';

/** A site with a tracker on every page, except below `/bare`, where there is only the library, and `/elsewhere`. */
export interface Site {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  /** A page of another site. */
  readonly elsewhere: string;
  /** At `/t`. The stand-in, at `/collect`, and the vendors below `/proxy` check formats too. */
  readonly collector: Collector;
  /** Of every page's tracker. */
  options: ScriptOptions;
  /** Runs in every page in the task that starts the tracker. */
  script: string;
  /** Pages of their own, by path. */
  readonly pages: Map<string, string>;
  /** What else happens on a request, by path; it is answered afterwards. */
  readonly calls: Map<string, () => Promise<unknown> | undefined>;
  /** The service worker's script at `/worker.js`, behind the library. */
  worker: string;
  /** The server goes down: open connections break, new ones are refused. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
  close(): Promise<void>;
}

export async function startSite(code: BrowserCode, vendors: Record<StandIn['name'], StandIn>): Promise<Site> {
  const pages = new Map<string, string>();
  const calls = new Map<string, () => Promise<unknown> | undefined>();
  const collector = createCollector();

  const server = createServer(async (request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    // One request per connection: a browser repeats a POST by itself when a kept-alive connection breaks under it.
    response.shouldKeepAlive = false;
    if (path === '/t') return collector.serve(request, response).catch(() => response.destroy());
    const vendor = proxied(path, vendors);
    if (vendor) return forward(request, response, vendor.target, vendor.secretHeaders);
    await calls.get(path)?.();
    if (path === '/tracklet.js') return answer(response, 'text/javascript', code.scriptTag);
    if (path === '/worker.js') return answer(response, 'text/javascript', code.workerLibrary + site.worker);
    if (path === '/library.js') return answer(response, 'text/javascript', code.library);
    answer(response, 'text/html', pages.get(path) ?? pageAt(path));
  });

  const pageAt = (path: string): string => {
    if (path.startsWith('/elsewhere')) return '<!doctype html><title>Elsewhere</title>';
    if (path.startsWith('/bare')) return modulePage('Bare');
    return modulePage(`Page ${path}`, site.options, site.script);
  };

  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };

  await listen(0);
  const { port } = server.address() as AddressInfo;
  const site: Site = {
    origin: `http://127.0.0.1:${port}`,
    elsewhere: `http://localhost:${port}/elsewhere`,
    collector,
    options: { destinations: { relay: { endpoint: '/t' } } },
    script: '',
    pages,
    calls,
    worker: '',
    goDown: stop,
    comeUp: () => listen(port),
    close: stop,
  };
  return site;
}

function answer(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8` });
  response.end(body);
}
