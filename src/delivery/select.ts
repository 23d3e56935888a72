import type { Adapter } from '../adapters/adapter.js';
import type { TrackletEvent } from '../event/event.js';
import type { DropReason } from '../event/loss.js';
import type { QueuedEvent } from '../queue/queue.js';
import type { Duty } from './claims.js';

/** A record and its event under the name that this destination shall see. */
export interface Candidate {
  readonly record: QueuedEvent;
  readonly event: TrackletEvent;
}

export interface Refusal {
  readonly record: QueuedEvent;
  readonly reason: DropReason;
  readonly detail: string;
}

export interface Selection {
  /** Events of one request, oldest first. */
  readonly batch: readonly Candidate[];
  /** May the vendor have some of the batch already? */
  readonly unclear: boolean;
  readonly refused: readonly Refusal[];
  /** Events of visitors the vendor cannot take yet. */
  readonly held: readonly QueuedEvent[];
  /** Handed over by pages that are gone; they count as delivered. */
  readonly presumed: readonly QueuedEvent[];
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
  readonly rename?: ((name: string) => string) | undefined;
  readonly duty: (record: QueuedEvent) => Duty;
}

/** Picks the next request's events from the oldest records of a lane. Pure. */
export function select(records: readonly QueuedEvent[], rules: SelectionRules): Selection {
  const { adapter, now, attempt } = rules;
  const batch: Candidate[] = [];
  const refused: Refusal[] = [];
  const held: QueuedEvent[] = [];
  const presumed: QueuedEvent[] = [];
  let waiting = false;
  let bytes = 0;
  let group: string | undefined;
  let unclear = false;

  for (const record of records) {
    const duty = rules.duty(record);
    if (duty === 'wait') waiting = true;
    if (duty === 'presume') presumed.push(record);
    if (duty === 'wait' || duty === 'presume') continue;

    if (now - record.event.time > rules.maxAgeMs) {
      refused.push({ record, reason: 'expired', detail: 'waited too long' });
      continue;
    }
    const event = renamed(record.event, rules.rename);
    const acceptance = adapter.accepts(event, now);
    if (acceptance === 'needs-identity') held.push(record);
    else if (acceptance === 'not-applicable') refused.push({ record, reason: 'refused', detail: acceptance });
    else if (acceptance !== 'ready') refused.push({ record, reason: 'refused', detail: acceptance.refused });
    else {
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
  }
  return { batch, unclear, refused, held, presumed, waiting };
}

/** The event under its name for this destination; a `rename` that throws leaves it as it is. */
export function renamed(event: TrackletEvent, rename: ((name: string) => string) | undefined): TrackletEvent {
  if (!rename) return event;
  try {
    return { ...event, name: String(rename(event.name)) };
  } catch {
    return event;
  }
}
