import type { Adapter, Destination } from '../adapters/adapter.js';
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
  /** May the vendor have some of the batch already? */
  readonly unclear: boolean;
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

/** Picks the next request's events from the oldest records of a lane. Pure. */
export function select(records: readonly QueuedEvent[], rules: SelectionRules): Selection {
  const { adapter, now, attempt } = rules;
  const batch: Candidate[] = [];
  const outcomes: Outcome[] = [];
  let waiting = false;
  let bytes = 0;
  let group: string | undefined;
  let unclear = false;

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
      if (acceptance === 'expired') outcomes.push({ record, fate: acceptance });
      else if (acceptance === 'needs-identity') outcomes.push({ record, fate: 'held' });
      else outcomes.push({ record, fate: 'refused', detail: JSON.stringify(acceptance) });
      continue;
    }
    const itsGroup = adapter.groupBy?.(event);
    const isUnclear = duty === 'resend';
    if (batch.length > 0) {
      const most = Math.min(rules.maxEvents, adapter.maxEventsFor?.({ now, unclear, attempt }) ?? adapter.maxEvents);
      const fits = batch.length < most && bytes + record.bytes <= rules.maxBytes;
      if (!fits || itsGroup !== group || isUnclear !== unclear) break;
    }
    batch.push({ record, event });
    bytes += record.bytes;
    group = itsGroup;
    unclear = isUnclear;
  }
  return { batch, unclear, outcomes, waiting };
}

/** The event under its name for this destination; a `rename` that throws, or leaves nothing, leaves it as it is. */
export function renamed(event: TrackletEvent, rename: Destination['rename']): TrackletEvent {
  try {
    return rename ? { ...event, name: String(renameWith(rename, event.name)) || event.name } : event;
  } catch {
    return event;
  }
}

/** A Map, because a table written as an object also answers to `constructor`. */
const renameWith = (rename: NonNullable<Destination['rename']>, name: string): string =>
  typeof rename === 'function' ? rename(name) : (new Map(Object.entries(rename)).get(name) ?? name);
