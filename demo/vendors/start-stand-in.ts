import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CONTROL_PREFIX, control } from './control.js';
import { createFaultSwitch } from './faults.js';
import { parseJson, readBody } from './read-body.js';
import { createRecording } from './recording.js';
import type { StandIn, StandInListener } from './stand-in.js';
import type { Answer, VendorRules } from './vendor-rules.js';

export interface ServerOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Epoch milliseconds. Default Date.now. */
  readonly now?: () => number;
  /** Larger bodies get 413. Default: the vendor's own limit. */
  readonly maxBodyBytes?: number;
}

/** Serves one vendor's rules over real HTTP, on loopback only. */
export async function startStandIn(rules: VendorRules, options: ServerOptions = {}): Promise<StandIn> {
  const now = options.now ?? Date.now;
  const maxBodyBytes = options.maxBodyBytes ?? rules.maxBodyBytes;
  const listeners = new Set<StandInListener>();
  const slowAnswers = new Map<NodeJS.Timeout, ServerResponse>();
  const tell: StandInListener = (change) => {
    for (const listener of listeners) listener(change);
  };
  const recording = createRecording(rules.name, tell);
  const faults = createFaultSwitch((fault) => tell({ kind: 'fault', vendor: rules.name, fault }));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path, query] = pathAndQuery(request);
    const method = request.method ?? '';
    const at = now();
    let ids: string[] = [];
    const log = (status: number | null, reason?: string) =>
      recording.log({ at, method, path, status, ids, ...(reason === undefined ? {} : { reason }) });
    const finish = (answer: Answer, reason?: string) => {
      // The log comes first, so that whoever has the answer finds the request in it.
      log(response.destroyed ? null : answer.status, response.destroyed ? 'client went away' : reason);
      send(response, { ...answer, headers: { ...answer.headers, ...rules.commonHeaders?.(path) } });
    };

    try {
      const preflight = method === 'OPTIONS' ? rules.preflight?.(path) : undefined;
      if (preflight) return finish(preflight);
      // A preflight is the browser's own question: a fault hits the request behind it.
      const fault = method === 'OPTIONS' ? ({ kind: 'none' } as const) : faults.take();
      const noAnswer = `fault: ${fault.kind}`;
      if (fault.kind === 'reset') {
        log(null, noAnswer);
        return void request.socket.resetAndDestroy();
      }
      const text = await readBody(request, maxBodyBytes);
      const json = parseJson(text ?? '');
      ids = rules.idsOf(json);
      switch (fault.kind) {
        case 'hang':
          return log(null, noAnswer); // the socket stays open until the client or close() ends it
        case 'error500':
          return finish(rules.refusal(500, 'internal error', path), noAnswer);
        case 'unauthorised':
          return finish(rules.refusal(401, 'not authorised', path), noAnswer);
        case 'too-large':
          return finish(rules.refusal(413, 'body too large', path), noAnswer);
        case 'rate-limited': {
          const answer = rules.refusal(429, 'too many requests', path);
          const headers = { ...answer.headers, 'retry-after': String(fault.retryAfter) };
          return finish({ ...answer, headers }, noAnswer);
        }
        default:
      }
      if (text === undefined) {
        return finish(rules.refusal(413, 'body too large', path), `413 more than ${maxBodyBytes} bytes`);
      }

      const verdict = rules.judge({ method, path, query, headers: request.headers, text, json, at });
      for (const occurrence of verdict.accepted) recording.accept(occurrence, at);
      for (const occurrence of verdict.repeats) recording.repeat(occurrence, at);
      if (fault.kind === 'reset-after-accept') {
        log(null, verdict.reason ?? noAnswer);
        return void request.socket.resetAndDestroy();
      }
      if (fault.kind === 'gateway-timeout') {
        return finish({ status: 504, headers: { 'content-type': 'text/html' }, body: '<h1>504</h1>' }, noAnswer);
      }
      if (fault.kind !== 'slow') return finish(verdict.answer, verdict.reason);
      const timer = setTimeout(() => {
        slowAnswers.delete(timer);
        finish(verdict.answer, verdict.reason);
      }, fault.delayMs);
      slowAnswers.set(timer, response);
    } catch (error) {
      if (request.socket.destroyed) return log(null, 'client went away');
      finish(rules.refusal(500, 'bug in the stand-in', path), `bug in the stand-in: ${String(error)}`);
    }
  }

  function giveUpSlowAnswers(): void {
    for (const [timer, response] of slowAnswers) {
      clearTimeout(timer);
      response.destroy();
    }
    slowAnswers.clear();
  }

  const server = createServer((request, response) => {
    const [path] = pathAndQuery(request);
    if (!path.startsWith(CONTROL_PREFIX)) return void serve(request, response);
    control(request, path, standIn).then(
      (answer) => send(response, answer),
      () => response.destroy(), // the asker went away while asking
    );
  });

  const standIn = {
    name: rules.name,
    accepted: recording.accepted,
    requests: recording.requests,
    fault: faults.set,
    currentFault: faults.current,
    reset() {
      giveUpSlowAnswers();
      recording.clear();
      rules.forget();
      faults.set({ kind: 'none' });
    },
    onChange(listener: StandInListener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      giveUpSlowAnswers();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return { ...standIn, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function pathAndQuery(request: IncomingMessage): [path: string, query: URLSearchParams] {
  // Not by URL, which throws on what clients are free to send.
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  return [path, new URLSearchParams(query)];
}

function send(response: ServerResponse, answer: Answer): void {
  // One request per connection: a browser repeats a POST by itself when a kept-alive connection breaks under it,
  // which would make the reset faults count twice.
  response.writeHead(answer.status, { ...answer.headers, connection: 'close' });
  response.end(answer.body);
}
