import type { Destination } from '../adapters/adapter.js';
import type { TrackletEvent } from '../event/event.js';
import type { DropReason } from '../event/loss.js';
import { renamed } from './select.js';
import { heldLane } from './upkeep.js';

/** Where an event goes for one destination: a lane of the queue, nowhere, or to the lost ones. */
export type Route =
  | { readonly lane: string; readonly held: boolean }
  | { readonly lost: DropReason; readonly detail: string }
  | undefined;

/** Pure, but for the destination's own `filter`. */
export function route({ name, adapter, filter, rename }: Destination, event: TrackletEvent, now: number): Route {
  try {
    if (filter && !filter(event)) return undefined;
  } catch (error) {
    return { lost: 'filter-error', detail: String(error) };
  }
  const acceptance = adapter.accepts(renamed(event, rename), now);
  if (acceptance === 'not-applicable') return undefined;
  if (acceptance === 'needs-identity') return { lane: heldLane(name), held: true };
  if (acceptance === 'ready') return { lane: name, held: false };
  return { lost: 'refused', detail: acceptance.refused };
}
