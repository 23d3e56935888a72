import type { EventType } from '../event/event.js';
import type { Acceptance } from './adapter.js';
import { isAction } from './neutral-event.js';

/**
 * What an adapter says of an event by building its body, so that the two cannot disagree: nothing built means nobody whom
 * the vendor would know, and what is thrown is why the vendor would reject it: a bare text, or the mistake of a `map`.
 */
export function acceptanceOf(type: EventType, build: () => unknown): Acceptance {
  if (!isAction(type)) return 'not-applicable';
  try {
    return build() ? 'ready' : 'needs-identity';
  } catch (error) {
    return { refused: String(error) };
  }
}
