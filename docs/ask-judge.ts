import type { Adapter, Verdict } from '../src/adapters/adapter.js';
import { NOW, sampleEvent } from '../test/unit/adapters/sample-event.js';
import type { VendorForm } from './vendor-forms.js';

/** What becomes of events that get the same answer again and again. */
export interface Outcome {
  /** The first verdict, and the one in which it ends. */
  readonly first: Verdict['kind'];
  readonly last: Verdict['kind'];
  /** How often it was tried before the last. */
  readonly repeats: number;
}

const STATUSES = Array.from({ length: 400 }, (_, index) => 200 + index);
/** More than any adapter waits out. */
const MAX_ATTEMPTS = 30;
/** What a lane would wait at least; an hour is the longest. */
const WAIT_MS = 3_600_000;

function ask(adapter: Adapter, status: number, body: string): Outcome {
  const names = Array.from({ length: Math.min(adapter.maxEvents, 2) }, (_, index) => `evt-${index}`);
  const events = names.map((id) => sampleEvent({ id }));
  let now = NOW;
  const kindAt = (attempt: number): Verdict['kind'] => {
    const response = { status, body, header: () => null };
    const verdict = adapter.judge(response, events, { now, unclear: false, attempt });
    now += (verdict.kind === 'retry' ? verdict.afterMs : 0) || WAIT_MS;
    return verdict.kind;
  };
  const first = kindAt(1);
  let [last, attempt] = [first, 1];
  while (last === 'retry' && attempt < MAX_ATTEMPTS) last = kindAt(++attempt);
  return { first, last, repeats: attempt - 1 };
}

/** In words: which column, and what a status says in it. */
const columnOf = ({ first, last, repeats }: Outcome): string =>
  first === last ? last : `${first} ${repeats === 1 ? 'once' : `${repeats} times`}, then ${last}`;

/**
 * By outcome, the answers that lead to it: `{ retry: '429, 5xx; 2xx with a web page' }`. Found by asking for every
 * status from 200 to 599, with an empty body and with each of the form's bodies.
 */
export function answersByOutcome({ adapter, bodies }: VendorForm): ReadonlyMap<string, string> {
  const answered = new Map<string, string[]>();
  const add = (outcome: string, words: string) => answered.set(outcome, [...(answered.get(outcome) ?? []), words]);
  const empty = STATUSES.map((status) => columnOf(ask(adapter(), status, '')));
  const refused = ranges((index) => empty[index] === 'split');
  /** What is left of 4xx when all else is named is better called so. */
  const inWords = (statuses: string) => (statuses === refused ? 'any other 4xx' : statuses);
  for (const outcome of new Set(empty)) add(outcome, inWords(ranges((index) => empty[index] === outcome)));
  const labels = new Map<string, string[]>();
  for (const [label, body] of Object.entries(bodies)) {
    const its = STATUSES.map((status) => columnOf(ask(adapter(), status, body)));
    for (const outcome of new Set(its)) {
      const where = inWords(ranges((index) => its[index] === outcome && empty[index] !== outcome));
      if (where) labels.set(`${outcome}|${where}`, [...(labels.get(`${outcome}|${where}`) ?? []), label]);
    }
  }
  for (const [key, which] of labels) {
    const [outcome = '', where] = key.split('|');
    add(outcome, `${where} with ${which.join(' or ')}`);
  }
  return new Map([...answered].map(([outcome, words]) => [outcome, words.join('; ')]));
}

/** `2xx, 401–403`. */
function ranges(holds: (index: number) => boolean): string {
  const parts: [from: number, to: number][] = [];
  for (const [index, status] of STATUSES.entries()) {
    const last = parts[parts.length - 1];
    if (!holds(index)) continue;
    if (last?.[1] === status - 1) last[1] = status;
    else parts.push([status, status]);
  }
  return parts
    .map(([from, to]) => {
      if (from % 100 === 0 && to === from + 99) return `${from / 100}xx`;
      return from === to ? `${from}` : `${from}–${to}`;
    })
    .join(', ');
}
