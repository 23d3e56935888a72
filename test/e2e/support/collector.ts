import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { TrackletEvent } from '../../../src/event/event.js';

export interface Received {
  /** Arrival, epoch ms. */
  readonly at: number;
  readonly headers: IncomingHttpHeaders;
  readonly events: readonly TrackletEvent[];
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Answers no sooner. */
  readonly after?: Promise<void>;
}

/** The site's collector with scripted answers. It takes what it answers with 200, and every repeat shows. */
export interface Collector {
  readonly requests: readonly Received[];
  /** In order of arrival. */
  readonly accepted: readonly TrackletEvent[];
  reply: (received: Received) => Reply | 'hang' | 'reset';
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export function createCollector(): Collector {
  const requests: Received[] = [];
  const accepted: TrackletEvent[] = [];
  const collector: Collector = {
    requests,
    accepted,
    reply: () => ({ status: 200 }),
    async serve(request, response) {
      const at = Date.now();
      const { events } = JSON.parse(await text(request)) as { events: TrackletEvent[] };
      const received = { at, headers: request.headers, events };
      requests.push(received);
      const reply = collector.reply(received);
      if (reply === 'hang') return;
      if (reply === 'reset') return void request.socket.resetAndDestroy();
      const { status, headers, body = {}, after } = reply;
      if (status === 200) accepted.push(...events);
      await after;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    },
  };
  return collector;
}
