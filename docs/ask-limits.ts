import type { Adapter } from '../src/adapters/adapter.js';
import { repairsOf } from '../src/adapters/repairs.js';
import type { Json, JsonObject, TrackletEvent } from '../src/event/event.js';
import { FIRST_TRY, NOW, sampleEvent } from '../test/unit/adapters/sample-event.js';

// An attribute that the Capillary of `vendor-forms.ts` has declared; any other vendor takes any name.
const KEY = 'plan';
/** More than any vendor takes, and than any event can have. */
const PLENTY = 200_000;

const eventWith = (changes: Partial<TrackletEvent>): TrackletEvent =>
  sampleEvent({ name: 'plan_chosen', visitor: { userId: 'u-42', email: 'mia@example.org' }, ...changes });

/** Takes an event, and repairs nothing about it but what is named. */
function isTakenAsItIs(adapter: Adapter, changes: Partial<TrackletEvent>, but: readonly string[] = []): boolean {
  const event = eventWith(changes);
  return (
    adapter.accepts(event, NOW) === 'ready' &&
    repairsOf(adapter, event, FIRST_TRY).every(({ field }) => but.includes(field))
  );
}

/** The largest size that passes, when all that are smaller do; undefined when even `PLENTY` does. */
function largest(passes: (size: number) => boolean): number | undefined {
  if (passes(PLENTY)) return undefined;
  let [fits, tooMuch] = [0, PLENTY];
  while (tooMuch - fits > 1) {
    const middle = Math.floor((fits + tooMuch) / 2);
    if (passes(middle)) fits = middle;
    else tooMuch = middle;
  }
  return fits;
}

const say = (size: number | undefined): string => size?.toLocaleString('en') ?? '';

/** Characters of a name that are left. */
export function longestName({ wireName = (name) => name }: Adapter): string {
  const left = wireName('x'.repeat(PLENTY)).length;
  return left < PLENTY ? say(left) : '';
}

/** Characters of a text that is not cut. */
export const longestText = (adapter: Adapter): string =>
  say(largest((size) => isTakenAsItIs(adapter, { properties: { [KEY]: 'x'.repeat(size) } })));

/** Properties of one event that are all sent. Those that adapters add themselves leave less room than the vendor has. */
export function mostProperties(adapter: Adapter): string {
  const many = (size: number): JsonObject =>
    Object.fromEntries(Array.from({ length: size }, (_, index) => [`p${index}`, 1]));
  if (!isTakenAsItIs(adapter, { properties: many(1) })) return 'those declared';
  // No vendor has a limit between a thousand and the number of values that an event can have.
  return say(largest((size) => isTakenAsItIs(adapter, { properties: many(Math.min(size, 1_000)) })));
}

/** Elements of a list that are all sent as a list; `as text` where no list is. */
export function longestList(adapter: Adapter): string {
  const list = (size: number): Json => Array.from({ length: size }, () => 1);
  if (!isTakenAsItIs(adapter, { properties: { [KEY]: list(1) } })) return 'as text';
  return say(largest((size) => isTakenAsItIs(adapter, { properties: { [KEY]: list(Math.min(size, 10_000)) } })));
}

/** Decimals of a value that are sent. */
export function mostDecimals(adapter: Adapter): string {
  // Where the value has no place of its own, it is missing whatever it is.
  if (!isTakenAsItIs(adapter, { value: 1 })) return '';
  const decimals = [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((count) =>
    isTakenAsItIs(adapter, { value: Number(`1.${'1'.repeat(count)}`) }),
  );
  return decimals.length < 9 ? say(decimals.length) : '';
}
