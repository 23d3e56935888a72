import { createRedact, type Redact } from './redaction.js';
import { wordsOf } from './secret-names.js';

export type { Redact } from './redaction.js';

export interface RedactionOptions {
  /** Parameters and properties whose value stays as it is: `['email']`. However they are written: `user_id` is `userId`. */
  allow?: readonly string[];
  /** Parameters and properties whose value is always redacted, and patterns for what is redacted in any text. */
  deny?: readonly (string | RegExp)[];
}

/** The same for `user_id`, `userId`, `USERID` and `user[id]`. */
const flat = (words: string): string => words.replaceAll('_', '');

/**
 * The default rules and, before them, the site's own: `createTracker({ redaction: redaction({ allow: ['email'] }), … })`.
 * Given to a destination, it takes the place of the tracker's for that destination.
 *
 * @throws TypeError when a list is wrong.
 */
export function redaction({ allow = [], deny = [] }: RedactionOptions = {}): Redact {
  // A name without a letter or digit would stand for every name.
  const isName = (rule: unknown) => typeof rule === 'string' && flat(wordsOf(rule));
  if (!Array.isArray(allow) || !allow.every(isName)) {
    throw new TypeError("tracklet: redaction({ allow }) must be a list of names, like ['email']");
  }
  if (!Array.isArray(deny) || !deny.every((rule) => isName(rule) || rule instanceof RegExp)) {
    throw new TypeError(
      "tracklet: redaction({ deny }) must be a list of names and patterns, like ['tax_no', /KD-\\d+/]",
    );
  }
  const verdicts = new Map<string, boolean>();
  const patterns: RegExp[] = [];
  for (const rule of deny) {
    if (rule instanceof RegExp) patterns.push(new RegExp(rule, `${rule.flags.replace('g', '')}g`));
    else verdicts.set(flat(wordsOf(rule)), true);
  }
  for (const name of allow) verdicts.set(flat(wordsOf(name)), false);
  const verdict = (words: string) => verdicts.get(flat(words));
  const redact = createRedact({
    judge: (words, kind) => verdict(words) ?? (kind === 'campaign' ? verdict(`utm${words}`) : undefined),
    patterns,
  });
  return (value, cuts, kind) => {
    const safe = redact(value, cuts, kind);
    return kind === 'traits' ? withoutMarks(value, safe, (name) => verdict(wordsOf(name)) === true) : safe;
  };
}

/** A vendor takes no mark for an address, nor for an id of its own: what is denied of these is left out. */
function withoutMarks<T>(told: T, safe: T, isDenied: (name: string) => boolean): T {
  const before = new Map(Object.entries(told as object));
  const kept = Object.entries(safe as object).flatMap(([name, value]): [string, unknown][] => {
    if (/^(email|phone)$/.test(name) && typeof value === 'string' && value !== before.get(name)) return [];
    if (name !== 'ids' || typeof value !== 'object' || !value) return [[name, value]];
    const ids = Object.entries(value).filter(([id]) => !isDenied(id));
    return isDenied(name) ? [] : [[name, Object.fromEntries(ids)]];
  });
  return Object.fromEntries(kept) as T;
}
