import type { TrackletEvent } from '../event/event.js';
import type { Adapter, RequestContext } from './adapter.js';
import { isAction } from './neutral-event.js';

/** Something of an event that a vendor gets otherwise than it was tracked, or not at all. */
export interface Repair {
  /** `name`, `time`, `value`, or `properties.` and a key. */
  readonly field: string;
  /** Of names and times. What values and properties hold is not told, as it may be nobody's business. */
  readonly from?: string;
  readonly to?: string;
}

/**
 * Looks for the event in its own request, and tells what is not there as it was: brought to the vendor's rule, or left out.
 * To ask the outcome, and not those who repair, makes it true of every adapter and every `map`, and costs them nothing.
 */
export function repairsOf(adapter: Adapter, event: TrackletEvent, context: RequestContext): Repair[] {
  const { type, name, time, value, properties } = event;
  // An update of a profile is not the event.
  if (!isAction(type)) return [];
  const body = flat(adapter.toRequest([event], context).body);
  const repairs: Repair[] = [];
  const wire = adapter.wireName?.(name) ?? name;
  if (wire !== name) repairs.push({ field: 'name', from: name, to: wire });
  const [from, to] = [isoOf(time), isoOf(context.now)];
  // Vendors get it as text, to the second at least, or as a number; a relay gets it as it is.
  if (time > context.now && !body.includes(from.slice(0, 19)) && !body.includes(String(time))) {
    repairs.push({ field: 'time', from, to });
  }
  if (value && !isIn(body, `:${value}`)) repairs.push({ field: 'value' });
  for (const [key, property] of Object.entries(properties)) {
    if (!isIn(body, flat(JSON.stringify({ [key]: property }).slice(1, -1))))
      repairs.push({ field: `properties.${key}` });
  }
  return repairs;
}

const isoOf = (time: number): string => new Date(time).toISOString();

/** JSON inside JSON looks like the rest. */
const flat = (json: string): string => json.replaceAll('\\', '');

/** Is it there, and not just the beginning of something longer? */
const isIn = (body: string, sought: string): boolean => [',', '}'].some((end) => body.includes(sought + end));
