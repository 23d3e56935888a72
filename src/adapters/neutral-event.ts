import type { TrackletEvent } from '../event/event.js';
import type { PropertySource } from './clean-properties.js';

/** When it happened, ISO 8601 in UTC. A visitor's clock may be wrong: nothing happens after `now`, or before 1970. */
export const isoTime = (event: TrackletEvent, now: number): string =>
  new Date(Math.max(0, Math.min(event.time, now))).toISOString();

/** Session and page under the names that all vendors get as properties; empty ones are left out. */
export const pageProperties = ({ session, page }: TrackletEvent): PropertySource => ({
  session_id: session.id || undefined,
  page_url: page.url || undefined,
  page_referrer: page.referrer || undefined,
  page_title: page.title || undefined,
});

/** Whether it is something the visitor did. Most vendors have no place for `identify` and `group` events. */
export const isAction = ({ type }: TrackletEvent): boolean => type === 'track' || type === 'page';

/** The event of a request that carries one, or that speaks for all. Lanes never send an empty batch. */
export const firstOf = (events: readonly TrackletEvent[]): TrackletEvent => events[0] as TrackletEvent;
