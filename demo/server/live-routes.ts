import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { isFaultName } from '../shared/fault-names.js';
import { isVendorName } from '../shared/vendor-names.js';
import type { FaultBoard } from './fault-board.js';
import type { LiveStream } from './live-stream.js';

/** The live view's own small API. Returns false when the path is not part of it. */
export async function serveLive(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  stream: LiveStream,
  board: FaultBoard,
  shopOrigin: string,
): Promise<boolean> {
  if (!/^\/live\/(stream|offline|reset|fault\/.+)$/.test(path)) return false;
  // The live view asks on a second port, see start-demo.ts.
  response.setHeader('access-control-allow-origin', shopOrigin);
  response.setHeader('access-control-allow-methods', 'GET, PUT, POST');

  const asked = `${request.method} ${path}`;
  const wished = request.method === 'PUT' ? (await text(request)).trim() : '';
  const vendor = path.slice('/live/fault/'.length);

  if (request.method === 'OPTIONS') {
    response.writeHead(204).end();
  } else if (asked === 'GET /live/stream') {
    stream.join(response);
  } else if (asked === 'POST /live/reset') {
    board.reset();
    stream.tellEverything();
    response.writeHead(204).end();
  } else if (asked === 'PUT /live/offline' && (wished === 'true' || wished === 'false')) {
    board.setOffline(wished === 'true');
    response.writeHead(204).end();
  } else if (asked.startsWith('PUT /live/fault/') && isVendorName(vendor) && isFaultName(wished)) {
    board.setFault(vendor, wished);
    response.writeHead(204).end();
  } else {
    response.writeHead(400, { 'content-type': 'text/plain' }).end('No such switch, or no such position of it.\n');
  }
  return true;
}
