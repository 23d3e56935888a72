import { type Departure, isFree, OWNED_MS } from '../queue/departures.js';
import type { QueuedEvent } from '../queue/queue.js';

/** A keepalive request outlives its page by 30 s at most; a claim older than this cannot still be on its way. */
const FLIGHT_MS = 30_000;

/** How a lane treats events that were on their way when their page went away, so that nobody read the answer. */
export type Unconfirmed = 'assume-delivered' | 'resend';

/**
 * What to do with one record.
 * - `send`: it is ours to send. `resend`: likewise, but the vendor may have it.
 * - `wait`: another page is responsible, or its request may still be on its way.
 * - `presume`: its page handed it over; it counts as delivered.
 */
export type Duty = 'send' | 'resend' | 'wait' | 'presume';

export interface DutyRules {
  readonly lane: string;
  readonly page: string;
  readonly departures: ReadonlyMap<string, Departure>;
  readonly unconfirmed: Unconfirmed;
  readonly now: number;
}

/** Pure. */
export function dutyOf(record: QueuedEvent, rules: DutyRules): Duty {
  const { lane, page, departures, now } = rules;
  for (const [claimant, { at, left, claims }] of departures) {
    if (claimant === page || !claims[lane]?.includes(record.event.id)) continue;
    const age = Math.abs(now - at);
    // A hidden page that never said goodbye was killed, but it may also just be hidden: its requests get their time.
    if (!left && age < FLIGHT_MS) return 'wait';
    if (rules.unconfirmed === 'assume-delivered') return 'presume';
    return age < OWNED_MS ? 'wait' : 'resend';
  }
  return isFree(record, page, departures, now) ? 'send' : 'wait';
}

/** Has this page's departure nothing more to say to anyone? */
export const isSpent = ({ at, claims }: Departure, now: number): boolean =>
  Math.abs(now - at) > FLIGHT_MS && Object.keys(claims).length === 0;
