import type { EventPage, EventSession, EventVisitor, TrackletEvent } from '../../../src/event/event.js';
import type { HttpResponse } from '../../../src/transport/http.js';

type Changes = Partial<Omit<TrackletEvent, 'visitor' | 'session' | 'page'>> & {
  readonly visitor?: Partial<EventVisitor>;
  readonly session?: Partial<EventSession>;
  readonly page?: Partial<EventPage>;
};

/** 2026-08-01T10:15:30.250Z */
export const SAMPLE_TIME = Date.UTC(2026, 7, 1, 10, 15, 30, 250);
/** A minute later. */
export const NOW = SAMPLE_TIME + 60_000;
export const FIRST_TRY = { now: NOW, unclear: false, attempt: 1 };

/** The least an event can say; session and page are blank unless a test gives them. */
export function sampleEvent({ visitor, session, page, ...changes }: Changes = {}): TrackletEvent {
  return {
    id: 'evt-001',
    type: 'track',
    name: 'Plan Chosen',
    time: SAMPLE_TIME,
    properties: {},
    visitor: { anonymousId: 'anon-77', ...visitor },
    session: { id: '', startedAt: SAMPLE_TIME, number: 1, eventIndex: 1, ...session },
    page: { url: '', path: '', title: '', referrer: '', viewId: 'v-1', ...page },
    context: {
      locale: 'de-AT',
      timezone: 'Europe/Vienna',
      screen: { width: 1440, height: 900 },
      viewport: { width: 1200, height: 800 },
      library: { name: 'tracklet', version: '0.0.0' },
    },
    ...changes,
  };
}

export const answer = (status: number, body: unknown = ''): HttpResponse => ({
  status,
  header: () => null,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
