import type { Json, JsonObject } from './event.js';
import type { Counts, TrimReason } from './loss.js';

/** 8 KB of text says enough; longer strings are pasted documents or data URLs. */
export const MAX_STRING = 8_192;
/** Klaviyo takes 10 levels (SEED), the least of the vendors with a published limit. */
export const MAX_DEPTH = 10;
/** Per object or array; Klaviyo's 400 properties is the largest published limit that an event can reach. */
export const MAX_KEYS = 400;

/** Values visited per event: keeps `track()` short when someone passes an application state. */
const MAX_VALUES = 5_000;

/**
 * Copies any value into plain, bounded JSON. Never throws: what has no place in JSON is left out and counted in `cuts`.
 * Dates become ISO strings, BigInts strings, errors their message, Maps and Sets are left out like functions and DOM nodes.
 */
export function toPlainObject(value: unknown, cuts: Counts<TrimReason>): JsonObject {
  const plain = copy(value ?? {}, 0, new Set(), cuts, { left: MAX_VALUES });
  if (plain !== undefined && plain !== null && typeof plain === 'object' && !Array.isArray(plain)) {
    return plain as JsonObject;
  }
  cut(cuts, 'unserialisable');
  return {};
}

const cut = (cuts: Counts<TrimReason>, reason: TrimReason): undefined => {
  cuts[reason] = (cuts[reason] ?? 0) + 1;
  return undefined;
};

/** Cuts a text to `max` UTF-16 units without leaving half a surrogate pair. */
export function cutText(text: string, max: number, cuts: Counts<TrimReason>, reason: TrimReason): string {
  if (text.length <= max) return text;
  cut(cuts, reason);
  return text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');
}

function copy(
  value: unknown,
  depth: number,
  above: Set<unknown>,
  cuts: Counts<TrimReason>,
  budget: { left: number },
): Json | undefined {
  if (budget.left-- <= 0) return cut(cuts, 'keys');
  switch (typeof value) {
    case 'string':
      return cutText(value, MAX_STRING, cuts, 'string');
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : cut(cuts, 'unserialisable');
    case 'bigint':
      return String(value);
    case 'undefined':
      return undefined;
    case 'object':
      break;
    default:
      return cut(cuts, 'unserialisable');
  }
  if (value === null) return null;
  if (above.has(value)) return cut(cuts, 'cycle');
  if (depth >= MAX_DEPTH) return cut(cuts, 'depth');
  above.add(value);
  try {
    return copyObject(value, depth, above, cuts, budget);
  } catch {
    // A getter, a Proxy trap or a toJSON of the page's own threw.
    return cut(cuts, 'unserialisable');
  } finally {
    above.delete(value);
  }
}

function copyObject(
  value: object,
  depth: number,
  above: Set<unknown>,
  cuts: Counts<TrimReason>,
  budget: { left: number },
): Json | undefined {
  const next = (inner: unknown) => copy(inner, depth + 1, above, cuts, budget);
  if (Array.isArray(value)) {
    if (value.length > MAX_KEYS) cut(cuts, 'keys');
    // A hole in a list would shift its meaning, so what cannot be kept becomes null.
    return Array.from({ length: Math.min(value.length, MAX_KEYS) }, (_, index) => next(value[index]) ?? null);
  }
  if (value instanceof Error) return next(value.message);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return next(toJSON.call(value));
  const prototype: unknown = Object.getPrototypeOf(value);
  // Class instances hold data; anything tagged (DOM nodes, Map, Promise, Window) is machinery.
  if (prototype !== null && Object.prototype.toString.call(value) !== '[object Object]') {
    return cut(cuts, 'unserialisable');
  }
  const result: { [key: string]: Json } = {};
  let count = 0;
  for (const key of Object.keys(value)) {
    if (key === '__proto__') {
      cut(cuts, 'unserialisable');
      continue;
    }
    if (count++ >= MAX_KEYS) {
      cut(cuts, 'keys');
      break;
    }
    const inner = readKey(value, key, cuts, next);
    if (inner !== undefined) result[cutText(key, 255, cuts, 'string')] = inner;
  }
  return result;
}

/** One getter that throws costs its own key, not its neighbours. */
function readKey(
  value: object,
  key: string,
  cuts: Counts<TrimReason>,
  next: (inner: unknown) => Json | undefined,
): Json | undefined {
  let inner: unknown;
  try {
    inner = (value as Record<string, unknown>)[key];
  } catch {
    return cut(cuts, 'unserialisable');
  }
  return next(inner);
}
