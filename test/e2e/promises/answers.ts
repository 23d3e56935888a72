import type { ServerResponse } from 'node:http';

/** What the collector does with one request. Those that begin with `accept` take the events; the others take none. */
export type Answer =
  | { readonly do: 'accept'; readonly after?: Promise<unknown> }
  /** Takes the events, then breaks the connection without a word: the browser cannot tell this from a lost request. */
  | { readonly do: 'accept-then-reset' }
  /** Takes the events, and ends its answer in the middle. */
  | { readonly do: 'accept-then-truncate' }
  | {
      readonly do: 'refuse';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  | { readonly do: 'hang' }
  /** Breaks the connection before the body was read. */
  | { readonly do: 'reset' };

export const ACCEPT: Answer = { do: 'accept' };
export const HANG: Answer = { do: 'hang' };
export const RESET: Answer = { do: 'reset' };

export const refuse = (status: number, headers: Readonly<Record<string, string>> = {}, body: unknown = {}): Answer => ({
  do: 'refuse',
  status,
  headers,
  body,
});

export const takes = (answer: Answer): boolean => answer.do.startsWith('accept');

/** Writes the answer; events that it takes were noted before. */
export async function give(answer: Answer, response: ServerResponse, cors: Record<string, string>): Promise<void> {
  const { socket } = response;
  switch (answer.do) {
    case 'hang':
      return;
    case 'reset':
    case 'accept-then-reset':
      socket?.resetAndDestroy();
      return;
    case 'accept-then-truncate':
      response.writeHead(200, { ...cors, 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"some":');
      // Flushed first, so that the browser has the head of an answer whose rest never comes.
      setImmediate(() => socket?.destroy());
      return;
    case 'accept':
      await answer.after;
      response.writeHead(200, { ...cors, 'content-type': 'application/json' });
      response.end('{}');
      return;
    case 'refuse':
      response.writeHead(answer.status, { ...cors, 'content-type': 'application/json', ...answer.headers });
      response.end(JSON.stringify(answer.body));
      return;
    default:
      answer satisfies never;
  }
}
