import type { Problem } from './json-schema.js';
import { earliestTime, knowsBackfill, maxProperties } from './klaviyo-revisions.js';
import { isRecord } from './vendor-rules.js';

// What a JSON Schema cannot say, or only unreadably. Limits: SEED unless tagged.

const MAX_STRING_BYTES = 100 * 1024; // "100 KB"; 1000 or 1024 is not said, so the larger
const MAX_ARRAY_LENGTH = 4000;
const MAX_LEVELS = 10;

/** One event of a request, whatever its shape. */
export interface ReadEvent {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly time: string | undefined;
  readonly uniqueId: string | undefined;
  readonly backfill: boolean | undefined;
  /** JSON pointer to its attributes. */
  readonly pointer: string;
  /** Its attributes, as they came. */
  readonly body: unknown;
}

/** Klaviyo reads a time without a zone as UTC; it is cut to whole seconds (K-OA). */
export function epochSecond(time: string): number {
  const zoned = /(z|[+-]\d\d:?\d\d)$/i.test(time) ? time : `${time}Z`;
  return Math.floor(Date.parse(zoned) / 1_000);
}

export function eventProblem(event: ReadEvent, revision: string, now: number): Problem | undefined {
  const problem =
    timeProblem(event.time, revision, now) ??
    propertiesProblem(event.properties, maxProperties(revision)) ??
    (event.backfill !== undefined && !knowsBackfill(revision)
      ? { pointer: '/backfill', message: 'backfill is not a known field' }
      : undefined);
  return problem && { ...problem, pointer: event.pointer + problem.pointer };
}

function timeProblem(time: string | undefined, revision: string, now: number): Problem | undefined {
  if (time === undefined) return undefined;
  const ms = epochSecond(time) * 1_000;
  const oneYearOn = new Date(now);
  oneYearOn.setUTCFullYear(oneYearOn.getUTCFullYear() + 1);
  if (ms >= earliestTime(revision) && ms <= oneYearOn.getTime()) return undefined;
  return { pointer: '/time', message: 'time is out of range' };
}

function propertiesProblem(properties: Readonly<Record<string, unknown>>, max: number): Problem | undefined {
  const count = Object.keys(properties).length;
  if (count > max) return { pointer: '/properties', message: `${count} properties, at most ${max}` };
  // The properties object itself is not counted as a level; vendors.md does not say, this is the tolerant reading.
  return valueProblem(properties, '/properties', 0);
}

function valueProblem(value: unknown, pointer: string, level: number): Problem | undefined {
  if (typeof value === 'string') {
    return Buffer.byteLength(value) > MAX_STRING_BYTES ? { pointer, message: 'string over 100 KB' } : undefined;
  }
  if (!Array.isArray(value) && !isRecord(value)) return undefined;
  if (level > MAX_LEVELS) return { pointer, message: `nested deeper than ${MAX_LEVELS} levels` };
  if (Array.isArray(value) && value.length > MAX_ARRAY_LENGTH) {
    return { pointer, message: `array over ${MAX_ARRAY_LENGTH} elements` };
  }
  for (const [key, inner] of Object.entries(value)) {
    const problem = valueProblem(inner, `${pointer}/${key}`, level + 1);
    if (problem) return problem;
  }
  return undefined;
}

export interface Profile {
  readonly id?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** JSON pointer to its attributes. */
  readonly pointer: string;
}

const IDENTIFIERS = ['external_id', 'email', 'phone_number', 'anonymous_id', '_kx'];

/** What a profile can be recognised by: `["email:mia@example.org", …]`. */
export function identifiersOf(profile: Profile): string[] {
  const found = IDENTIFIERS.filter((key) => profile.attributes[key] != null).map(
    (key) => `${key}:${String(profile.attributes[key])}`,
  );
  return profile.id == null ? found : [`id:${profile.id}`, ...found];
}

/** One identifier is needed (K-OA). */
export function profileProblem(profile: Profile): Problem | undefined {
  return identifiersOf(profile).length === 0
    ? { pointer: profile.pointer, message: 'one identifier is needed' }
    : undefined;
}
