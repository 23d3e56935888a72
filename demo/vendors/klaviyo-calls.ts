import type { Problem } from './json-schema.js';
import { servingRevision } from './klaviyo-revisions.js';
import type { Profile, ReadEvent } from './klaviyo-rules.js';
import { checkBulk, checkFlat, checkImport, checkJob, checkProfile, checkSingle } from './klaviyo-schema.js';
import type { RateLimit } from './rate-windows.js';
import { valueAt } from './vendor-rules.js';

/** A profile and what it did. */
export interface Entry {
  readonly profile: Profile;
  readonly events: readonly ReadEvent[];
}

/** One of the vendor's addresses. */
export interface KlaviyoCall {
  readonly rate: RateLimit;
  /** Does a repeated `unique_id` fail the whole request? */
  readonly isBulk?: boolean;
  /** Takes a profile alone. A server is told what became of it (K-NODE), a page is not (K-OA). */
  readonly update?: 'told' | 'untold';
  /** Serves the flat shape of 2023-01-24 alone, which has the slash at the end of its path. */
  readonly isFlat?: boolean;
  check(json: unknown): Problem | undefined;
  /** Only of what `check` has found right. */
  read(json: unknown): readonly Entry[];
}

type Attributes = Readonly<Record<string, unknown>>;

const SINGLE_RATE = { perSecond: 350, perMinute: 3500 }; // K-OA
const BULK_RATE = { perSecond: 10, perMinute: 150 }; // K-OA

export function klaviyoCalls(rates: { readonly single?: RateLimit; readonly bulk?: RateLimit }) {
  const single = { rate: rates.single ?? SINGLE_RATE, check: checkSingle, read: readSingle };
  const rate = rates.bulk ?? BULK_RATE;
  return new Map<string, KlaviyoCall>([
    ['/client/events', single],
    ['/client/event-bulk-create', { rate, isBulk: true, check: checkBulk, read: readBulk }],
    ['/client/profiles', { rate: SINGLE_RATE, update: 'untold', check: checkProfile, read: readUpdate }],
    ['/api/events', single],
    ['/api/events/', { ...single, isFlat: true, check: checkFlat, read: readFlat }],
    ['/api/event-bulk-create-jobs', { rate, isBulk: true, check: checkJobSize, read: readJob }],
    [
      '/api/profile-import', // K-NODE
      { rate: { perSecond: 75, perMinute: 750 }, update: 'told', check: checkImportSize, read: readUpdate },
    ],
  ]);
}

/** Flat was 2023-01-24, nested is what came after it (K-OA). */
export const isServedFlat = (asked: string, now: number): boolean => servingRevision(asked, now) < '2023-07-15';

function checkJobSize(json: unknown): Problem | undefined {
  const problem = checkJob(json);
  if (problem) return problem;
  const pointer = '/data/attributes/events-bulk-create/data';
  const count = readJob(json).reduce((sum, { events }) => sum + events.length, 0);
  return count > 1000 ? { pointer, message: `${count} events over all profiles, at most 1000` } : undefined;
}

function checkImportSize(json: unknown): Problem | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(json) ?? '');
  return bytes > 100 * 1024 + '{"data":}'.length
    ? { pointer: '', message: `${bytes} bytes, at most 100 KB` }
    : checkImport(json);
}

function readEvent(attributes: unknown, pointer: string): ReadEvent {
  const { properties, time, unique_id, backfill } = attributes as Attributes;
  return {
    name: String(valueAt(attributes, 'metric', 'data', 'attributes', 'name') ?? valueAt(attributes, 'metric', 'name')),
    properties: properties as Attributes,
    time: (time ?? undefined) as string | undefined,
    uniqueId: (unique_id ?? undefined) as string | undefined,
    backfill: (backfill ?? undefined) as boolean | undefined,
    pointer,
    body: attributes,
  };
}

function readProfile(data: unknown, pointer: string): Profile {
  const { id, attributes } = data as { id?: string; attributes: Attributes };
  return { ...(id === undefined ? {} : { id }), attributes, pointer: `${pointer}/attributes` };
}

function readSingle(json: unknown): Entry[] {
  const attributes = valueAt(json, 'data', 'attributes');
  const profile = readProfile(valueAt(attributes, 'profile', 'data'), '/data/attributes/profile/data');
  return [{ profile, events: [readEvent(attributes, '/data/attributes')] }];
}

function readFlat(json: unknown): Entry[] {
  const attributes = valueAt(json, 'data', 'attributes');
  const { $email: email, $phone_number: phone_number } = valueAt(attributes, 'profile') as Attributes;
  const profile = { attributes: { email, phone_number }, pointer: '/data/attributes/profile' };
  return [{ profile, events: [readEvent(attributes, '/data/attributes')] }];
}

function readBulk(json: unknown): Entry[] {
  return [readEntry(valueAt(json, 'data'), '/data')];
}

function readJob(json: unknown): Entry[] {
  const pointer = '/data/attributes/events-bulk-create/data';
  const data = valueAt(json, 'data', 'attributes', 'events-bulk-create', 'data') as unknown[];
  return data.map((entry, index) => readEntry(entry, `${pointer}/${index}`));
}

/** The pointer form of the client bulk is UNKNOWN; this is the one to expect (vendors.md 1.6). */
function readEntry(data: unknown, pointer: string): Entry {
  const events = valueAt(data, 'attributes', 'events', 'data') as unknown[];
  return {
    profile: readProfile(valueAt(data, 'attributes', 'profile', 'data'), `${pointer}/attributes/profile/data`),
    events: events.map((event, index) =>
      readEvent(valueAt(event, 'attributes'), `${pointer}/attributes/events/data/${index}/attributes`),
    ),
  };
}

function readUpdate(json: unknown): Entry[] {
  return [{ profile: readProfile(valueAt(json, 'data'), '/data'), events: [] }];
}
