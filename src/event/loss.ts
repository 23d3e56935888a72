/** Why an event was not delivered. Every lost event is counted once, under one of these. */
export type DropReason =
  /** `track()` was called with no usable name. */
  | 'invalid-name'
  /** A page event that says what the one before it said, less than a second later. */
  | 'duplicate'
  /** Larger than `limits.maxEventBytes` even after long strings were cut, or than the vendor's request limit. */
  | 'too-large'
  /** Waited longer than `limits.maxAgeMs`. */
  | 'expired'
  /** One of more than `limits.maxEvents`, `limits.maxBytes` or `limits.maxHeld`. */
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
  /** The site's `beforeCapture` returned no event, or threw. */
  | 'before-capture'
  /** The visitor has refused. */
  | 'denied'
  /** Tracked after `close()`. */
  | 'closed';

/** What was taken out of an event to make it plain, bounded JSON, or because it was a secret. The event was kept. */
export type TrimReason = 'name' | 'string' | 'depth' | 'keys' | 'cycle' | 'unserialisable' | 'value' | 'redacted';

/** How often each thing occurred; absent means never. */
export type Counts<Name extends string> = { [N in Name]?: number };

/** Adds `sign` times `more`; what comes to nothing, or was no number in the first place, is left out. */
export function addCounts<Name extends string>(into: Counts<Name>, more: Counts<Name>, sign = 1): Counts<Name> {
  for (const name in more) {
    into[name] = (into[name] ?? 0) + (sign * Number(more[name]) || 0);
    if (into[name] === 0) delete into[name];
  }
  return into;
}
