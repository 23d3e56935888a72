import type { TrackletEvent } from '../../src/event/event.js';
import type { QueuedEvent } from '../../src/queue/queue.js';

/** A whole event, with what the test cares about laid over it. */
export const neutralEvent = (id: string, over: Partial<TrackletEvent> = {}): TrackletEvent => ({
  id,
  type: 'track',
  name: 'Plan Chosen',
  time: 1_800_000_000_000,
  properties: {},
  visitor: { anonymousId: 'anon-1' },
  session: { id: 's-1', startedAt: 1_800_000_000_000, number: 1, eventIndex: 1 },
  page: { url: 'https://shop.example/plans', path: '/plans', title: 'Plans', referrer: '', viewId: 'v-1' },
  context: {
    locale: 'en',
    timezone: 'Europe/Vienna',
    screen: { width: 1280, height: 800 },
    viewport: { width: 1280, height: 700 },
    library: { name: 'tracklet', version: '0.0.0' },
  },
  ...over,
});

/** The same as it is stored. */
export const queuedEvent = (
  id: string,
  {
    owner = 'page',
    time = 1_800_000_000_000,
    sequence = 0,
    ...over
  }: Partial<TrackletEvent> & { owner?: string; sequence?: number } = {},
): QueuedEvent => {
  const event = neutralEvent(id, { time, ...over });
  return { v: 1, position: time * 1_000 + sequence, owner, bytes: JSON.stringify(event).length, event };
};
