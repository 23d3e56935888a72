import { type IncomingMessage, type ServerResponse, request as send } from 'node:http';

/** Headers that belong to one connection and not to the message. */
const hopByHop = new Set(['connection', 'host', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-authorization']);

/**
 * Hands a request on and its answer back, with the secret headers that a browser must never hold. What goes wrong on
 * the way stays wrong: a reset upstream resets the browser's connection, and one that hangs hangs.
 */
export function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: string,
  secretHeaders: Readonly<Record<string, string>>,
): void {
  const headers = { ...keep(incoming.headers), ...secretHeaders };
  // No shared connections: a reset of one request must not be blamed on the next.
  const upstream = send(target, { method: incoming.method ?? 'POST', headers, agent: false });
  upstream.on('response', (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, keep(answer.headers));
    answer.on('error', () => outgoing.destroy());
    answer.on('close', () => {
      if (!answer.complete) outgoing.destroy();
    });
    answer.pipe(outgoing);
  });
  upstream.on('error', () => outgoing.destroy());
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) upstream.destroy();
  });
  incoming.pipe(upstream);
}

function keep(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    // The cookies are the shop's own business.
    if (value !== undefined && !hopByHop.has(name) && name !== 'cookie') kept[name] = value;
  }
  return kept;
}
