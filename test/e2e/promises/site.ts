import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Collector, createCollector } from './collector.js';
import type { Start, Vendor } from './page.js';

/** A site of one round: an origin of its own, a tracker on every page but below `/bare`, and the vendors at `/t/`. */
export interface Site {
  readonly origin: string;
  readonly collector: Collector;
  vendors: readonly Vendor[];
  options: Start['options'];
  /** Added to the clock of every page from here on, in ms. */
  clockShiftMs: number;
  /** Runs in the task that starts the tracker, by path; `*` on every page. */
  readonly scripts: Map<string, string>;
  /** What happens on a request, by path. Answered afterwards, unless it says `hang`. */
  readonly calls: Map<string, () => unknown>;
  /** Exceptions that reached a page, and what the library reported as its own mistake. */
  readonly troubles: readonly string[];
  /** Nobody listens any more: the network is down. */
  down(): Promise<void>;
  up(): Promise<void>;
}

/** One vendor that keeps one of several equal ids, and one that counts every repeat. */
export const BOTH: readonly Vendor[] = [
  { name: 'keeps-one', deduplicates: true },
  { name: 'counts-each', deduplicates: false },
];

export async function startSite(
  code: { readonly library: string; readonly agent: string },
  name: string,
  host = '127.0.0.1',
): Promise<Site> {
  const collector = createCollector();
  const scripts = new Map<string, string>();
  const calls = new Map<string, () => unknown>();
  const troubles: string[] = [];

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    // One request per connection: a browser repeats a POST by itself when a kept-alive connection breaks under it.
    response.shouldKeepAlive = false;
    if (path.startsWith('/t/')) return collector.serve(path.slice(3), request, response);
    if (path === '/trouble') troubles.push(await text(request));
    if ((await calls.get(path)?.()) === 'hang') return;
    if (path === '/lab.js') return answer(response, 'text/javascript', code.library);
    answer(response, 'text/html', pageAt(path));
  };
  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.destroy());
  });

  const pageAt = (path: string): string => {
    const script = `${scripts.get('*') ?? ''}\n${scripts.get(path) ?? ''}`;
    // A page of another site that hands the visitor on at once.
    if (path === '/bare/on') return HAND_ON;
    if (path.startsWith('/bare'))
      return `<!doctype html><title>Bare</title><link rel="icon" href="data:,"><script>${code.agent}</script><script>${script}</script>`;
    const { origin, vendors, options, clockShiftMs } = site;
    const start: Start = { origin, vendors, options };
    return `<!doctype html><title>${path}</title><link rel="icon" href="data:,">
<script>${code.agent}${clockShiftMs ? shiftClock(clockShiftMs) : ''}</script><script src="/lab.js"></script>
<script>lab.start(${JSON.stringify(start)});${script}</script>`;
  };

  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const site: Site = {
    origin: `http://${host}:${port}`,
    collector,
    vendors: BOTH,
    options: { name, pageViews: 'off', flushAfterMs: 100 },
    clockShiftMs: 0,
    scripts,
    calls,
    troubles,
    async down() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    up: () => listen(port),
  };
  return site;
}

function answer(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8` });
  response.end(body);
}

/** `next` is where to; `tab` is the tab's name, which does not survive a way by another site. */
const HAND_ON = `<script>
  const asked = new URLSearchParams(location.search);
  location.href = asked.get('next') + (asked.get('tab') ? '?tab=' + asked.get('tab') : '');
</script>`;

/** The clock as the page and the library see it. */
const shiftClock = (ms: number) => `{
  const real = Date.now.bind(Date);
  const shifted = () => real() + ${ms};
  Date = class extends Date {
    constructor(...parts) { super(...(parts.length ? parts : [shifted()])); }
    static now() { return shifted(); }
  };
}`;
