import { byteLength } from '../lib/byte-length.js';
import { cutText } from './cut-text.js';
import type { KlaviyoProfileResource } from './klaviyo-body.js';

// SEED, and Klaviyo's page on rate limits and errors (K-RL).
const MAX_TEXT_BYTES = 100_000;
const MAX_LIST = 4_000;
/** Whether the properties themselves are one of the levels is not said; so they are. */
const MAX_LEVELS = 10;

/** A text of three bytes a unit, the most there are, is within the limit when cut to a third. */
export const fitText = <T>(text: T): T =>
  typeof text === 'string' && byteLength(text) > MAX_TEXT_BYTES
    ? (cutText(text, Math.floor(MAX_TEXT_BYTES / 3)) as T & string)
    : text;

/** Brings properties within Klaviyo's limits. What is nested too deeply becomes JSON text, so that nothing is lost. */
export function fitValue(value: unknown, levels: number = MAX_LEVELS): unknown {
  if (typeof value !== 'object' || !value) return fitText(value);
  if (levels === 0) return fitText(JSON.stringify(value));
  if (Array.isArray(value)) return value.slice(0, MAX_LIST).map((inner) => fitValue(inner, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fitValue(inner, levels - 1)]));
}

/** What identifies a profile, besides Klaviyo's own id of it, and how it has to look (K-OA, K-SEG). */
export const IDENTIFIERS: Readonly<Record<string, RegExp>> = {
  email: /@/,
  phone_number: /^\+[1-9]\d{6,14}$/,
  external_id: /^.{1,255}$/s,
  anonymous_id: /./,
  _kx: /./,
};

/** A profile needs one of them. */
export const isKnown = ({ id, attributes }: KlaviyoProfileResource): boolean =>
  id !== undefined || Object.keys(IDENTIFIERS).some((name) => attributes[name] !== undefined);
