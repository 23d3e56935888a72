import type { EventType, TrackletEvent } from '../event/event.js';
import type { Counts, DropReason, TrimReason } from '../event/loss.js';
import { cutText, toPlainObject } from '../event/plain.js';
import { byteLength } from '../lib/byte-length.js';
import { newId } from '../lib/new-id.js';
import type { Identity } from '../visitor/identity.js';
import type { Session } from '../visitor/session.js';
import { readCampaign, readContext, readPage } from './page-context.js';
import type { Address } from './page-views.js';

/** Longest event name; Airship's SDKs take 255 (A-AND), Klaviyo 127, for which its adapter cuts. */
const MAX_NAME = 255;

/** What the page said happened, as it said it. */
export interface Happening {
  readonly type: EventType;
  readonly name: unknown;
  readonly properties?: unknown;
  /** `value` and `currency`. */
  readonly options?: unknown;
  /** When: epoch ms. */
  readonly time: number;
  /** Where, if the address has changed since. */
  readonly address?: Address;
}

export type Recorded =
  | { readonly event: TrackletEvent; readonly bytes: number; readonly cuts: Counts<TrimReason> }
  | { readonly lost: DropReason; readonly detail: string };

/** Turns what the page said into an event, with everything that was true at that moment. */
export const createRecorder =
  (identity: Identity, session: Session, maxEventBytes: number) =>
  ({ type, name, properties, options, time, address }: Happening): Recorded => {
    if (typeof name !== 'string' || !name.trim()) {
      return { lost: 'invalid-name', detail: 'the name must be a string that is not empty' };
    }
    const cuts: Counts<TrimReason> = {};
    const [visit, campaign] = session.touch(time, readCampaign(location.search));
    const { value, currency } = toPlainObject(options, cuts);
    const isNumber = Number.isFinite(value);
    const isCurrency = /^[a-z]{3}$/i.test(String(currency));
    if ((value !== undefined && !isNumber) || (currency !== undefined && !isCurrency)) cuts.value = 1;
    const event: TrackletEvent = {
      id: newId(),
      type,
      name: cutText(name.trim(), MAX_NAME, 'name', cuts),
      time,
      properties: toPlainObject(properties, cuts),
      ...(isNumber && { value: value as number }),
      ...(isCurrency && { currency: String(currency).toUpperCase() }),
      visitor: identity.get(),
      session: visit,
      page: { ...readPage(), ...address },
      context: readContext(campaign),
    };
    const bytes = byteLength(JSON.stringify(event));
    if (bytes > maxEventBytes) return { lost: 'too-large', detail: `${bytes} bytes` };
    return { event, bytes, cuts };
  };
