import type { EventMap, EventsOf, Tracker, TrackerOptions } from './api.js';
import { createIdleTracker } from './idle-tracker.js';
import { buildTracker } from './tracker.js';

export type { Acceptance, Adapter, Destination, DestinationOptions, RateLimit, Verdict } from './adapters/adapter.js';
export type {
  EventMap,
  EventsOf,
  Stats,
  TrackArguments,
  Tracker,
  TrackerEvents,
  TrackerOptions,
  TrackOptions,
} from './api.js';
export type { DestinationStats, FlushReport, Limits } from './delivery/lane-context.js';
export type { EventType, EventVisitor, Json, JsonObject, TrackletEvent } from './event/event.js';
export type { Counts, DropReason, TrimReason } from './event/loss.js';
export type { HttpRequest, HttpResponse } from './transport/http.js';

/**
 * Starts a tracker. Importing this module touches nothing of the browser; where there is no document, as in server
 * rendering, the tracker does nothing.
 *
 * @throws TypeError that names the option, the rule and the fix, when an option is wrong.
 * @example
 * const tracker = createTracker({ destinations: [klaviyo({ companyId: 'ABC123' })] });
 * tracker.track('Plan Chosen', { plan: 'team' }, { value: 49.5, currency: 'EUR' });
 */
export function createTracker<Events extends EventsOf<Events> = EventMap>(options: TrackerOptions): Tracker<Events> {
  if (typeof document !== 'undefined') return buildTracker<Events>(options);
  if (options.debug) console.debug('tracklet: no document here, so nothing is tracked');
  return createIdleTracker<Events>();
}
