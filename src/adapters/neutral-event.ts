import type { EventType, TrackletEvent } from '../event/event.js';

/** When it happened. A visitor's clock may be wrong, but nothing happens after `now`; lanes end what is too old. */
export const timeOf = ({ time }: TrackletEvent, now: number): Date => new Date(Math.min(time, now));

/** The site's properties, and under names of our own what it has not said itself. */
export const propertiesOf = ({ properties, session, page }: TrackletEvent) => ({
  session_id: session.id,
  page_url: page.url,
  page_referrer: page.referrer,
  page_title: page.title,
  ...properties,
});

/** Whether it is something the visitor did. Most vendors have no place for `identify` and `group` events. */
export const isAction = (type: EventType): boolean => /track|page/.test(type);
