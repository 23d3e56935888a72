import type { Json, JsonObject } from '../event/event.js';

export interface PropertyLimits {
  /** Most properties; those of later sources are left out first. */
  readonly maxKeys: number;
  /** Longest text in UTF-16 units. */
  readonly maxText?: number;
  /** Objects and lists become JSON text, for vendors that take scalars only. */
  readonly flat?: boolean;
}

/** Properties by name; undefined ones are left out. */
export type PropertySource = { readonly [key: string]: Json | undefined };

/**
 * Merges properties within a vendor's limits and without nulls, which the vendors refuse or misread. The first source
 * that has a name wins: put the ids that a vendor deduplicates by first, then the site's own, then what we add.
 */
export function cleanProperties(sources: readonly PropertySource[], limits: PropertyLimits): JsonObject {
  const kept = new Map<string, Json>();
  for (const [key, value] of sources.flatMap((source) => Object.entries(source))) {
    const cleaned = clean(value, limits);
    if (cleaned !== undefined && !kept.has(key) && kept.size < limits.maxKeys) kept.set(key, cleaned);
  }
  return Object.fromEntries(kept);
}

/** Cuts a text to `max` UTF-16 units, and never in the middle of a character of two. */
export const cutText = (text: string, max: number): string => text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');

function clean(value: Json | undefined, limits: PropertyLimits): Json | undefined {
  if (typeof value === 'string') return cutText(value, limits.maxText ?? Infinity);
  if (value === null) return undefined;
  if (typeof value !== 'object') return value;
  if (limits.flat) return clean(JSON.stringify(value), limits);
  if (Array.isArray(value)) return value.map((item: Json) => clean(item, limits)).filter((item) => item !== undefined);
  return cleanProperties([value as JsonObject], { ...limits, maxKeys: Infinity });
}
