import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserCode } from '../support/browser-code.js';
import { type Collector, createCollector } from '../support/collector.js';
import type { NavigationCase } from './case.js';

/** The site of one case. */
export interface NavigationSite {
  readonly origin: string;
  readonly collector: Collector;
  /** Paths that were asked for, with what the browser said of its purpose. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Little is sent before the last page, `/end`, so that what is sent then is nearly all that there is. */
const WAIT = { flushAfterMs: 600_000, flushAt: 10_000 };
/** Tracked by the last page: once it is taken, so is what a page before sent as it was left, and nobody waits for a repeat. */
const CLOSING = "tracker.track('End');";

export async function startNavigationSite(
  { options, before = '', script = '', app, startsEarly, pages = {} }: NavigationCase,
  { code, apps, pageScript }: { code: BrowserCode; apps: ReadonlyMap<string, string>; pageScript: string },
): Promise<NavigationSite> {
  const collector = createCollector();
  const asked: string[] = [];

  const start = (given: object) => `
    var restored = false;
    addEventListener('pageshow', ({ persisted }) => (restored = persisted));
    var relay = () => lib.relay({ endpoint: '/t', unconfirmed: 'assume-delivered' });
    var tracker = lib.createTracker({ ...${JSON.stringify({ ...WAIT, ...given })}, destinations: [relay()] });
    var delivered = [];
    tracker.on('delivered', ({ ids }) => delivered.push(...ids));`;
  const addApp = "document.body.append(Object.assign(document.createElement('script'), { src: '/app.js' }))";
  const appScript = startsEarly
    ? '<script src=/app.js></script>'
    : `<script>addEventListener('load', () => ${addApp})</script>`;
  const page = (title: string, body: string) => `<!doctype html><meta charset=utf-8><link rel=icon href="data:,">
    <script>${pageScript}</script>${title}<script src=/library.js></script><body>${body}</body>`;
  const tracked = (path: string) =>
    page(
      `<title>Page ${path}</title>`,
      `<script>${before}</script><script>${start(options ?? {})}${script}</script>
       ${app ? `<div id=app></div>${appScript}` : ''}`,
    );

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://site');
    const { pathname: path } = url;
    response.shouldKeepAlive = false;
    asked.push(`${path} ${request.headers['sec-purpose'] ?? ''}`.trim());
    if (path === '/t') return void collector.serve(request, response).catch(() => response.destroy());
    if (path === '/library.js') return answer(response, 'text/javascript', code.library);
    if (path === '/app.js') return answer(response, 'text/javascript', apps.get(app ?? '') ?? '');
    if (path === '/redirect')
      return void response.writeHead(302, { location: url.searchParams.get('to') ?? '/' }).end();
    if (path === '/nothing') return void response.writeHead(204).end();
    if (path === '/never') return;
    if (path === '/asked') return answer(response, 'application/json', JSON.stringify(asked));
    if (path === '/file') {
      response.setHeader('content-disposition', 'attachment; filename="file.txt"');
      return answer(response, 'text/plain', 'file');
    }
    if (path === '/end')
      return answer(response, 'text/html', page('', `<script>${start({ pageViews: 'off' })}${CLOSING}</script>`));
    if (path === '/bare') return answer(response, 'text/html', page('<title>Bare</title>', ''));
    const given = pages[path];
    answer(
      response,
      'text/html',
      given === undefined ? tracked(path) : page('', given.replace('TRACKER', start(options ?? {}))),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    collector,
    asked,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8` });
  response.end(body);
}
