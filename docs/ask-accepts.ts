import type { Adapter } from '../src/adapters/adapter.js';
import type { EventType, EventVisitor } from '../src/event/event.js';
import { NOW, sampleEvent } from '../test/unit/adapters/sample-event.js';

const TYPES: readonly EventType[] = ['track', 'page', 'identify', 'group'];
const KNOWN: EventVisitor = {
  anonymousId: 'anon-77',
  userId: 'u-42',
  accountId: 'acme',
  email: 'mia@example.org',
  phone: '+4366412345678',
};
const VISITORS: Readonly<Record<string, EventVisitor>> = {
  anyone: { anonymousId: 'anon-77' },
  'a user id': { anonymousId: 'anon-77', userId: 'u-42' },
  'an e-mail address': { anonymousId: 'anon-77', email: 'mia@example.org' },
  'a phone number': { anonymousId: 'anon-77', phone: '+4366412345678' },
};

const DAY_MS = 86_400_000;
const MAX_AGE_DAYS = 60 * 365;

/** The kinds of event that have a place there. */
export function kindsTaken(adapter: Adapter): string {
  const taken = TYPES.filter((type) => adapter.accepts(sampleEvent({ type, visitor: KNOWN }), NOW) === 'ready');
  return taken.map((type) => `\`${type}\``).join(', ');
}

/** The least that has to be known of a visitor; without it events are held. */
export function visitorsTaken(adapter: Adapter): string {
  const taken = Object.entries(VISITORS)
    .filter(([, visitor]) => adapter.accepts(sampleEvent({ visitor }), NOW) === 'ready')
    .map(([who]) => who);
  return taken.includes('anyone') ? 'anyone' : taken.join(' or ');
}

/** How old an event may be. */
export function oldestTaken(adapter: Adapter): string {
  const isTaken = (ageMs: number) =>
    adapter.accepts(sampleEvent({ visitor: KNOWN, time: NOW - ageMs }), NOW) === 'ready';
  if (isTaken(MAX_AGE_DAYS * DAY_MS)) return '';
  let [young, old] = [0, MAX_AGE_DAYS * DAY_MS];
  while (old - young > 1_000) {
    const middle = Math.floor((young + old) / 2);
    if (isTaken(middle)) young = middle;
    else old = middle;
  }
  const days = Math.round(young / DAY_MS);
  return days > 1_000 ? `${new Date(NOW - young).toISOString().slice(0, 10)}` : `${days} days`;
}
