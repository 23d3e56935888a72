import type { TrackletEvent } from '../event/event.js';
import type { Counts, TrimReason } from '../event/loss.js';
import { toPlainObject } from '../event/plain.js';
import { toWording } from './wording.js';

/** May change an event, or keep it from being stored: whatever is no event drops it. */
export type BeforeCapture = (event: TrackletEvent) => TrackletEvent | null | undefined | false;

/** The event as the site wants it, still plain, whole and within bounds, with its own id, type and time; else why it is dropped. */
export function askSite(
  event: TrackletEvent,
  beforeCapture: BeforeCapture | undefined,
  cuts: Counts<TrimReason>,
): TrackletEvent | { readonly lost: 'before-capture'; readonly detail: string } {
  if (!beforeCapture) return event;
  const { id, type, time } = event;
  try {
    // A copy, for visitor, session and page are those of other events too. And what comes back as JSON, because
    // whatever else it holds would not survive either, and might sink the whole queue.
    const answer = copy(beforeCapture(copy(event)) || null);
    const { value, currency, ...changed }: TrackletEvent = { ...event, ...answer };
    const { name, visitor, session, page, context } = changed;
    const isWhole = [answer?.properties, visitor, session, page, context].every(isObject);
    if (isWhole && typeof name === 'string' && name.trim()) {
      const wording = toWording(name, toPlainObject(changed.properties, cuts), { value, currency }, cuts);
      return { ...changed, ...wording, id, type, time };
    }
    return { lost: 'before-capture', detail: 'beforeCapture() returned no event' };
  } catch (error) {
    return { lost: 'before-capture', detail: String(error) };
  }
}

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const isObject = (part: unknown) => typeof part === 'object' && part !== null && !Array.isArray(part);
