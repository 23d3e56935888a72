import type { AcceptedEvent } from '../../../demo/vendors/stand-in.js';
import type { TrackletEvent } from '../../../src/event/event.js';

/**
 * Tests number what they track as `product: 'p-7'`; Capillary's demo events have no better place. Read to the closing
 * quote, for an event's random id may begin alike.
 */
const NUMBER = /"p-(\d+)"/;

const numberOf = (event: unknown): number[] => {
  const match = NUMBER.exec(JSON.stringify(event).replaceAll('\\', ''));
  return match ? [Number(match[1])] : [];
};

/** Numbers of the events in order of arrival, each as often as it arrived; events without a number are left out. */
export const numbersIn = (events: readonly TrackletEvent[]): number[] => events.flatMap(numberOf);

/** The same of what a stand-in took. */
export const numbersAt = (accepted: readonly AcceptedEvent[]): number[] =>
  accepted.flatMap(({ body, count }) => Array<number[]>(count).fill(numberOf(body)).flat());

export const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

export const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);
