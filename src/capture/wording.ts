import type { JsonObject, TrackletEvent } from '../event/event.js';
import type { Counts, TrimReason } from '../event/loss.js';
import { cutText, toPlainObject } from '../event/plain.js';

/** Longest event name; Airship's SDKs take 255 (A-AND), Klaviyo 127, for which its adapter cuts. */
const MAX_NAME = 255;

/** What the site says of an event, within the bounds that adapters rely on. */
export function toWording(
  name: string,
  properties: JsonObject,
  options: unknown,
  cuts: Counts<TrimReason>,
): Pick<TrackletEvent, 'name' | 'properties' | 'value' | 'currency'> {
  const { value, currency } = toPlainObject(options, cuts);
  const isNumber = Number.isFinite(value);
  const isCurrency = /^[a-z]{3}$/i.test(String(currency));
  if ((value !== undefined && !isNumber) || (currency !== undefined && !isCurrency)) cuts.value = 1;
  return {
    name: cutText(name.trim(), MAX_NAME, 'name', cuts),
    properties,
    ...(isNumber && { value: value as number }),
    ...(isCurrency && { currency: String(currency).toUpperCase() }),
  };
}
