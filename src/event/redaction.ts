import type { TrackletEvent } from './event.js';
import { addCounts, type Counts, type TrimReason } from './loss.js';
import { isMachineMade, MAYBE, SECRET, wordsOf } from './secret-names.js';
import { CARD, isCard, LINK, MAIL, TOKEN } from './secret-shapes.js';

type Kind = 'traits' | 'campaign' | false;

/**
 * Copies a plain value without its secrets. Traits are there to say who someone is, so mail addresses stay; a campaign's
 * names are those of its parameters without `utm_`.
 */
export type Redact = <T>(value: T, cuts: Counts<TrimReason>, kind?: Kind) => T;

/** What a site knows better. */
export interface RedactionRules {
  /** Of a parameter or property, by its words: true to redact it, false to leave it, undefined to go by the rules below. */
  judge(words: string, kind?: Kind): boolean | undefined;
  /** Redacted wherever they are found in text. */
  readonly patterns: readonly RegExp[];
}

/** Stands where a secret was. As it is allowed in any part of an address, the address stays one. */
const MARK = '(redacted)';
/** Who the visitor is, to the site and to vendors. */
const ID = /^(ids|(anonymous|user|account)Id)$/;
/** Values within values that are looked into; what is deeper is redacted unseen. */
const MAX_DEPTH = 16;
/**
 * `name=value` in addresses and texts, `"name":"value"` in JSON that cannot be read. A value may be in quotes, with a
 * backslash where it was put into JSON again; `?`, `,` and `;` end it where another name follows; digits may be in groups.
 */
const PAIR =
  /([^\s=&?#;,:/"{}\\]{1,64}(?:=|\\*"[\s+]*:[\s+]*))(\\*"(?:[^"\\]|\\.)*"?|(?:[^?,;&#\s"<>]|[?,;](?!\w+=|"))+(?:\s\d{3,})*)/s;

/** Also what a page that is not in UTF-8 has escaped. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return unescape(text);
  }
};

export const createRedact =
  ({ judge, patterns }: RedactionRules): Redact =>
  (whole, cuts, kind) => {
    const isTraits = kind === 'traits';

    const mark = (): string => {
      addCounts(cuts, { redacted: 1 });
      return MARK;
    };

    const isSecret = (words: string): boolean | undefined => {
      const match = SECRET.exec(words);
      return judge(words, kind) ?? ((match && !(isTraits && match[2])) || undefined);
    };

    const scrubPart = (part: string, depth: number): string => {
      const plain = decode(part);
      const safe = scrub(plain, depth + 1) as string;
      if (safe === plain) return part;
      return plain === part ? safe : safe.replace(/[\s"#%&+;=?]/g, encodeURIComponent);
    };

    const scrubPlain = (text: string, depth: number): string => {
      const safe = text
        .replace(/[^\s?&#]+/g, (part) => (decode(part) === part ? part : scrubPart(part, depth)))
        .replace(TOKEN, (_, before = '') => before + mark())
        .replace(
          LINK,
          (_, word, path) => word + path.replace(/[^/]+/g, (part: string) => (isMachineMade(part) ? mark() : part)),
        )
        .replace(CARD, (found, before, card) => (isCard(card) ? before + mark() : found));
      return (isTraits ? patterns : [MAIL, ...patterns]).reduce((rest, pattern) => rest.replace(pattern, mark), safe);
    };

    const scrubValue = (name: string, value: string, depth: number): string => {
      const words = wordsOf(decode(name));
      const secret = isSecret(words);
      if (secret === false || value === MARK) return value;
      if (secret || (MAYBE.test(words) && isMachineMade(decode(value)))) return mark();
      return scrubPart(value, depth);
    };

    const scrubText = (text: string, depth: number): string => {
      if (/^\s*[[{]/.test(text)) {
        try {
          const count = cuts.redacted;
          const safe = JSON.stringify(scrub(JSON.parse(text), depth + 1));
          return count === cuts.redacted ? text : safe;
        } catch {
          // Then it is text like any other.
        }
      }
      return text
        .split(PAIR)
        .map((part, index, { [index - 1]: name = '' }) =>
          index % 3 === 2 ? scrubValue(name, part, depth) : scrubPlain(part, depth),
        )
        .join('');
    };

    const scrub = (value: unknown, depth: number, name = '', isHidden?: boolean): unknown => {
      const secret = isSecret(wordsOf(name)) ?? isHidden;
      if (secret === false) return value;
      if (depth > MAX_DEPTH) return mark();
      if (Array.isArray(value)) return value.map((its) => scrub(its, depth + 1, '', secret));
      if (typeof value === 'object' && value) {
        return Object.fromEntries(
          Object.entries(value).map(([key, its], index) => {
            if (isTraits && value === whole && ID.test(key)) return [key, its];
            const text = scrubText(key, depth);
            return [text === key ? key : text + index, scrub(its, depth + 1, key, secret)];
          }),
        );
      }
      if (!value || value === true || value === MARK) return value;
      const text = String(value);
      const safe = secret ? mark() : scrubText(text, depth);
      return safe === text ? value : safe;
    };
    return scrub(whole, 0) as typeof whole;
  };

/** The event without secrets. Rules name parameters and properties, not what an event is made of. */
export const redactEvent = (redact: Redact, event: TrackletEvent, cuts: Counts<TrimReason>): TrackletEvent => {
  const { name, type, properties, visitor, page, context } = event;
  const texts = Object.entries(page).map(([field, text]) => [field, redact(text, cuts)]);
  const campaign = redact(context.campaign, cuts, 'campaign');
  return {
    ...event,
    name: redact(name, cuts),
    properties: redact(properties, cuts, /identify|group/.test(type) && 'traits'),
    visitor: redact(visitor, cuts, 'traits'),
    page: { ...Object.fromEntries(texts), viewId: page.viewId },
    context: { ...context, ...(campaign && { campaign }) },
  };
};

/** Without rules of the site. */
export const redactByDefault: Redact = createRedact({ judge: () => undefined, patterns: [] });
