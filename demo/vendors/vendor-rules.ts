import type { IncomingHttpHeaders } from 'node:http';
import type { StandIn } from './stand-in.js';

/** One request, read whole. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The body as it came. */
  readonly text: string;
  /** The parsed body; undefined when it is not JSON. */
  readonly json: unknown;
  /** When it arrived, epoch milliseconds. */
  readonly at: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One event as the vendor saw it. Without an id of its own it is counted by itself. */
export interface Occurrence {
  readonly id: string | undefined;
  readonly name: string;
  readonly body: unknown;
}

/** What the vendor made of one request. */
export interface Verdict {
  readonly answer: Answer;
  readonly accepted: readonly Occurrence[];
  /** Taken over HTTP, but ignored by the vendor's own deduplication. */
  readonly repeats: readonly Occurrence[];
  /** Why it was refused. */
  readonly reason?: string;
}

export interface VendorRules {
  readonly name: StandIn['name'];
  readonly maxBodyBytes: number;
  judge(call: Call): Verdict;
  /** The event ids in a body, as far as they can be read: for the log of refused requests. */
  idsOf(json: unknown): string[];
  /** A refusal in the vendor's own body shape, for faults and oversized bodies. */
  refusal(status: 401 | 413 | 429 | 500, message: string, path: string): Answer;
  /** Headers on every answer, faults included: CORS, for the vendor that has it. */
  commonHeaders?(path: string): Readonly<Record<string, string>>;
  /** Undefined: no preflight is answered on this path. */
  preflight?(path: string): Answer | undefined;
  /** Forgets what earlier requests taught: deduplication, rate windows. */
  forget(): void;
}

export function jsonAnswer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: '' };
}

export function refused(answer: Answer, reason: string): Verdict {
  return { answer, accepted: [], repeats: [], reason: `${answer.status} ${reason}` };
}

/** `Application/JSON; charset=utf-8` → `application/json`. */
export function mediaType(headers: IncomingHttpHeaders): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The value of a header that is sent once; undefined when absent or repeated. */
export function soleHeader(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Follows keys and indexes; undefined as soon as one is missing. */
export function valueAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    if (Array.isArray(current) && typeof step === 'number') current = current[step];
    else if (isRecord(current) && typeof step === 'string') current = current[step];
    else return undefined;
  }
  return current;
}

export function strings(values: readonly unknown[]): string[] {
  return values.filter((value): value is string => typeof value === 'string');
}
