/** Why an event was not delivered. Every lost event is counted once, under one of these. */
export type DropReason =
  /** `track()` was called with no usable name. */
  | 'invalid-name'
  /** Larger than `limits.maxEventBytes` even after long strings were cut, or than the vendor's request limit. */
  | 'too-large'
  /** Waited longer than `limits.maxAgeMs`. */
  | 'expired'
  /** The oldest of more than `limits.maxEvents`, `limits.maxBytes` or `limits.maxHeld`. */
  | 'queue-full'
  /** The adapter knows that the vendor would reject it. */
  | 'refused'
  /** The vendor rejected it. */
  | 'rejected'
  /** Held for a visitor who was reset before being identified. */
  | 'unidentified'
  /** The destination's own `filter` threw. */
  | 'filter-error'
  /** Stored by another version, or damaged: not an event. */
  | 'unreadable'
  /** Tracked after `close()`. */
  | 'closed';

/** What was taken out of an event to make it plain, bounded JSON. The event itself was kept. */
export type TrimReason = 'name' | 'string' | 'depth' | 'keys' | 'cycle' | 'unserialisable' | 'value';

/** How often each reason occurred; absent means never. */
export type Counts<Reason extends string> = { [R in Reason]?: number };

export function addCounts<Reason extends string>(into: Counts<Reason>, more: Counts<Reason>): void {
  for (const reason in more) into[reason] = (into[reason] ?? 0) + (more[reason] ?? 0);
}

/** What was counted since `before`; reasons that did not grow are left out. */
export function subtractCounts<Reason extends string>(now: Counts<Reason>, before: Counts<Reason>): Counts<Reason> {
  const grown: Counts<Reason> = {};
  for (const reason in now) {
    const growth = (now[reason] ?? 0) - (before[reason] ?? 0);
    if (growth !== 0) grown[reason] = growth;
  }
  return grown;
}
