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
export type { BeforeCapture } from './capture/before-capture.js';
export type { ChoiceOrigin, ConnectConsent, ConsentChoice, ConsentState } from './consent/gate.js';
export type { DestinationStats, DroppedEvent, FlushReport, Limits } from './delivery/lane-context.js';
export type { EventPage, EventType, EventVisitor, Json, JsonObject, TrackletEvent } from './event/event.js';
export type { Counts, DropReason, TrimReason } from './event/loss.js';
export type { Redact } from './event/redaction.js';
export type { HttpRequest, HttpResponse } from './transport/http.js';

/**
 * Starts a tracker. Importing this module touches nothing of the browser; where there is no document, as in server
 * rendering, or where Global Privacy Control refuses every destination, the tracker does nothing. Call it once, outside
 * of components: one that React's strict mode closes and creates again counts the page again.
 *
 * @throws TypeError that names the option, the rule and the fix, when an option is wrong.
 * @example
 * const tracker = createTracker({ destinations: [klaviyo({ companyId: 'ABC123' })] });
 * tracker.track('Plan Chosen', { plan: 'team' }, { value: 49.5, currency: 'EUR' });
 */
export function createTracker<Events extends EventsOf<Events> = EventMap>(options: TrackerOptions): Tracker<Events> {
  const tracker = typeof document === 'undefined' ? undefined : buildTracker<Events>(options);
  if (!tracker && options.debug) console.debug('tracklet: no document or destination here, so nothing is tracked');
  return tracker ?? createIdleTracker<Events>();
}
