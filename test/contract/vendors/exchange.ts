import { afterEach } from 'vitest';
import type { StandIn } from '../../../demo/vendors/stand-in.js';

/** One minute after the examples in vendors.md happened. */
export const NOW = Date.UTC(2026, 7, 1, 10, 16, 30);

export interface Exchange {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The answer's body read as JSON; undefined when it is not. */
  readonly json: unknown;
}

/** Posts over real HTTP. A string body goes as it is, everything else as JSON. */
export async function exchange(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: unknown,
  method = 'POST',
): Promise<Exchange> {
  const response = await fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

/** A deep copy with one value changed: `changed(event, ['body', 'name'], 'Plan')`; undefined removes it. */
export function changed<T>(original: T, path: readonly (string | number)[], value: unknown): T {
  const copy = structuredClone(original);
  let target = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) target = target[step] as Record<string | number, unknown>;
  const last = path[path.length - 1] ?? '';
  if (value === undefined) delete target[last];
  else target[last] = value;
  return copy;
}

/** A copy of headers without one of them. */
export function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  const { [name]: _gone, ...rest } = headers;
  return rest;
}

/** Starts stand-ins that are closed after the test. */
export function closedAfterEach(): (starting: Promise<StandIn>) => Promise<StandIn> {
  const open: StandIn[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((standIn) => standIn.close()));
  });
  return async (starting) => {
    const standIn = await starting;
    open.push(standIn);
    return standIn;
  };
}
