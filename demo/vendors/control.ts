import type { IncomingMessage } from 'node:http';
import { isFault } from './faults.js';
import { parseJson, readBody } from './read-body.js';
import type { StandIn } from './stand-in.js';
import { type Answer, emptyAnswer, jsonAnswer } from './vendor-rules.js';

export const CONTROL_PREFIX = '/__stand-in/';

const MAX_CONTROL_BYTES = 10_000;

// Open to every origin: the demo page and the tests ask from elsewhere, and it only listens on loopback.
const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, PUT, POST',
  'access-control-allow-headers': 'content-type',
};

type Controlled = Pick<StandIn, 'accepted' | 'requests' | 'fault' | 'currentFault' | 'reset'>;

/** Answers what is asked of the stand-in itself, and not of the vendor it stands in for. */
export async function control(request: IncomingMessage, path: string, standIn: Controlled): Promise<Answer> {
  const asked = `${request.method} ${path.slice(CONTROL_PREFIX.length)}`;
  switch (asked) {
    case 'GET accepted':
      return jsonAnswer(200, standIn.accepted(), cors);
    case 'GET requests':
      return jsonAnswer(200, standIn.requests(), cors);
    case 'GET fault':
      return jsonAnswer(200, standIn.currentFault(), cors);
    case 'PUT fault': {
      const fault = parseJson((await readBody(request, MAX_CONTROL_BYTES)) ?? '');
      if (!isFault(fault)) return jsonAnswer(400, { error: 'not a fault, see Fault in stand-in.ts' }, cors);
      standIn.fault(fault);
      return jsonAnswer(200, standIn.currentFault(), cors);
    }
    case 'POST reset':
      standIn.reset();
      return jsonAnswer(200, {}, cors);
    default:
      return request.method === 'OPTIONS' ? emptyAnswer(204, cors) : jsonAnswer(404, { error: asked }, cors);
  }
}
