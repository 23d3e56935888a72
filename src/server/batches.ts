import type { Acceptance, ServerDestination } from '../adapters/adapter.js';
import { renamed } from '../delivery/select.js';
import type { TrackletEvent } from '../event/event.js';
import type { EventFate } from './event-fate.js';

export type Batch = readonly TrackletEvent[];

/** Under which `deliver()` tells of it: `undefined` in words when it has none. */
export const idOf = (event: TrackletEvent | null | undefined): string => String(event?.id);

/**
 * The events that the vendor can take now, under the names it shall see, in groups that may share requests, each in the
 * given order. Events with an id seen before are left out: some vendors refuse a request for them.
 */
export function inGroups(
  { adapter, rename }: ServerDestination,
  events: readonly TrackletEvent[],
  now: number,
  settle: (event: TrackletEvent, fate: EventFate) => void,
): Batch[] {
  const seen = new Set<string>();
  const groups = new Map<string, TrackletEvent[]>();
  for (const given of events) {
    if (seen.has(idOf(given))) continue;
    seen.add(idOf(given));
    try {
      // Whoever posts to a relay decides what comes out of its JSON.
      if (typeof given?.id !== 'string') throw 'no id';
      if (!Number.isFinite(given.time)) throw 'no time';
      const event = renamed(given, rename);
      const acceptance = adapter.accepts(event, now);
      if (acceptance !== 'ready') {
        settle(given, fateOf(acceptance));
        continue;
      }
      const key = adapter.groupBy?.(event) ?? '';
      const group = groups.get(key);
      if (group) group.push(event);
      else groups.set(key, [event]);
    } catch (error) {
      settle(given, { kind: 'refused', reason: String(error) });
    }
  }
  return [...groups.values()];
}

function fateOf(acceptance: Exclude<Acceptance, 'ready'>): EventFate {
  if (typeof acceptance === 'object') return { kind: 'refused', reason: acceptance.refused };
  return { kind: acceptance === 'needs-identity' ? 'unidentified' : acceptance };
}

/** The first `count` events and, where there are more, the rest. */
export const cut = (batch: Batch, count: number): Batch[] =>
  [batch.slice(0, count), batch.slice(count)].filter((part) => part.length > 0);

export const inHalves = (batch: Batch): Batch[] => cut(batch, Math.ceil(batch.length / 2));
