import type { Json, JsonObject } from './event.js';
import { addCounts, type Counts, type TrimReason } from './loss.js';

/** 8 KB of text says enough; longer strings are pasted documents or data URLs. */
const MAX_STRING = 8_192;
const MAX_KEY = 255;
/** Below the properties, which may be the first of the 10 levels that Klaviyo takes (SEED), the least of the vendors. */
const MAX_DEPTH = 9;
/** Per object or list: Klaviyo's 400 properties (K-OA), but for the four that its adapter adds. */
const MAX_KEYS = 396;
/** Values per event: keeps `track()` short when someone passes the state of a whole application. */
const MAX_VALUES = 5_000;

/** Cuts a text to `max` UTF-16 units without leaving half a surrogate pair. */
export function cutText(text: string, max: number, reason: TrimReason, cuts: Counts<TrimReason>): string {
  if (text.length <= max) return text;
  addCounts(cuts, { [reason]: 1 });
  return text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');
}

/**
 * Copies any object into plain, bounded JSON. Never throws: what has no place in JSON is left out and counted in `cuts`.
 * Dates become ISO strings, BigInts strings, errors their message; functions, Maps, Sets and DOM nodes are left out.
 */
export function toPlainObject(value: unknown, cuts: Counts<TrimReason>): JsonObject {
  let left = MAX_VALUES;

  const cut = (reason: TrimReason): undefined => void addCounts(cuts, { [reason]: 1 });

  /** Reads the value itself, so that a getter that throws costs its own key and not its neighbours. */
  const copy = (holder: object, key: string | number, above: readonly unknown[]): Json | undefined => {
    try {
      const inner = (holder as { [key: string]: unknown })[key];
      const type = typeof inner;
      if (inner === undefined) return undefined;
      if (left-- <= 0) return cut('keys');
      if (typeof inner === 'string') return cutText(inner, MAX_STRING, 'string', cuts);
      if (type === 'bigint') return String(inner);
      if (inner === null || type === 'boolean' || Number.isFinite(inner)) return inner as Json;
      if (above.includes(inner)) return cut('cycle');
      if (above.length > MAX_DEPTH) return cut('depth');
      return type === 'object' ? copyObject(inner as object, [...above, inner]) : cut('unserialisable');
    } catch {
      return cut('unserialisable');
    }
  };

  const copyObject = (from: object & { toJSON?: unknown }, above: readonly unknown[]): Json | undefined => {
    if (from instanceof Error) return from.message;
    if (typeof from.toJSON === 'function') return copy([from.toJSON()], 0, above);
    const isList = Array.isArray(from);
    // Instances of the site's classes hold data; anything with a tag of its own (DOM node, Map, Window) is machinery.
    if (!isList && Object.prototype.toString.call(from) !== '[object Object]') return cut('unserialisable');
    const to: { [key: string]: Json } = {};
    // A list is copied first, so that its gaps have keys too; never a longer part than shows that it is too long.
    const keys = Object.keys(isList ? Array.from(from.slice(0, MAX_KEYS + 1)) : from);
    if (keys.length > MAX_KEYS) cut('keys');
    for (const key of keys.slice(0, MAX_KEYS)) {
      const inner = copy(from, key, above);
      if (key === '__proto__') cut('unserialisable');
      else if (inner !== undefined) to[cutText(key, MAX_KEY, 'string', cuts)] = inner;
    }
    // A gap in a list would shift its meaning, so what cannot be kept becomes null.
    return isList ? keys.slice(0, MAX_KEYS).map((key) => to[key] ?? null) : to;
  };

  const plain = copy([value ?? {}], 0, []) ?? {};
  return typeof plain === 'object' && !Array.isArray(plain) ? (plain as JsonObject) : (cut('unserialisable') ?? {});
}
