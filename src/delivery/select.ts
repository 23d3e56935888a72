import type { Adapter, Destination, RequestContext } from '../adapters/adapter.js';
import type { TrackletEvent } from '../event/event.js';
import type { Duty } from '../queue/departures.js';
import type { QueuedEvent } from '../queue/queue.js';
import type { Outcome } from './settle.js';

/** A record and its event under the name that this destination shall see. */
export interface Candidate {
  readonly record: QueuedEvent;
  readonly event: TrackletEvent;
}

export interface Selection {
  /** Events of one request, oldest first. */
  readonly batch: readonly Candidate[];
  /** What the adapter shall know of the batch. */
  readonly context: RequestContext;
  /** Events that need no request. */
  readonly outcomes: readonly Outcome[];
  /** Were there records that are not ours to send now? */
  readonly waiting: boolean;
}

export interface SelectionRules {
  readonly adapter: Adapter;
  readonly now: number;
  /** Which attempt this would be, for the adapter. */
  readonly attempt: number;
  readonly maxEvents: number;
  /** Of the events, not yet of the request's body. */
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly rename: Destination['rename'];
  readonly duty: (record: QueuedEvent) => Duty;
}

/** What the adapter has no place for any more, as after a change of options, is no loss now either. */
const FATES = { expired: 'expired', 'needs-identity': 'held', 'not-applicable': 'forgotten' } as const;

/** Picks the next request's events from the oldest records of a lane. Pure. */
export function select(records: readonly QueuedEvent[], rules: SelectionRules): Selection {
  const { adapter, now, attempt } = rules;
  const batch: Candidate[] = [];
  const outcomes: Outcome[] = [];
  let waiting = false;
  let bytes = 0;
  let group: string | undefined;
  let context: RequestContext = { now, attempt, unclear: false };

  for (const record of records) {
    const duty = rules.duty(record);
    waiting ||= duty === 'wait';
    if (duty === 'wait') continue;
    if (duty === 'presume') {
      outcomes.push({ record, fate: 'unconfirmed' });
      continue;
    }
    const event = renamed(record.event, rules.rename);
    const acceptance = now - event.time > rules.maxAgeMs ? 'expired' : adapter.accepts(event, now);
    if (acceptance !== 'ready') {
      if (typeof acceptance === 'object') outcomes.push({ record, fate: 'refused', detail: acceptance.refused });
      else outcomes.push({ record, fate: FATES[acceptance] });
      continue;
    }
    const itsGroup = adapter.groupBy?.(event);
    const unclear = duty === 'resend';
    if (batch.length > 0) {
      const most = Math.min(rules.maxEvents, adapter.maxEventsFor?.(context) ?? adapter.maxEvents);
      const fits = batch.length < most && bytes + record.bytes <= rules.maxBytes;
      if (!fits || itsGroup !== group || unclear !== context.unclear) break;
    }
    batch.push({ record, event });
    bytes += record.bytes;
    group = itsGroup;
    context = { now, attempt, unclear };
  }
  return { batch, context, outcomes, waiting };
}

/** The event under its name for this destination. */
export function renamed(event: TrackletEvent, rename: Destination['rename']): TrackletEvent {
  return rename ? { ...event, name: renamedTo(event.name, rename) } : event;
}

/** The name for this destination; as it is where `rename` throws or leaves nothing. */
export function renamedTo(name: string, rename: Destination['rename'] = {}): string {
  try {
    // A Map, because a table written as an object also answers to `constructor`.
    const given = typeof rename === 'function' ? rename(name) : new Map(Object.entries(rename)).get(name);
    return String(given ?? name) || name;
  } catch {
    return name;
  }
}
