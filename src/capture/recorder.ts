import type { EventType, TrackletEvent } from '../event/event.js';
import type { Counts, DropReason, TrimReason } from '../event/loss.js';
import { cutText, toPlainObject } from '../event/plain.js';
import { byteLength } from '../lib/byte-length.js';
import { newId } from '../lib/new-id.js';
import type { Identity } from '../visitor/identity.js';
import type { Session } from '../visitor/session.js';
import { readCampaign, readContext, readPage } from './page-context.js';
import type { Address } from './page-views.js';

/** Longest event name; Airship's SDKs take 255, Klaviyo 127 and cuts for itself. */
const MAX_NAME = 255;

/** What the page said happened, as it said it. */
export interface Happening {
  readonly type: EventType;
  readonly name: unknown;
  readonly properties?: unknown;
  readonly value?: unknown;
  readonly currency?: unknown;
  /** When, if not now: epoch ms. */
  readonly time: number;
  /** Where, if the address has changed since. */
  readonly address?: Address;
}

export type Recorded =
  | { readonly event: TrackletEvent; readonly bytes: number; readonly cuts: Counts<TrimReason> }
  | { readonly lost: DropReason; readonly detail: string };

/** Turns what the page said into an event, with everything that was true at that moment. */
export function createRecorder(identity: Identity, session: Session, maxEventBytes: number) {
  return (happening: Happening): Recorded => {
    const { type, name, time, address } = happening;
    if (typeof name !== 'string' || name.trim() === '') {
      return { lost: 'invalid-name', detail: `the name must be a non-empty string, not ${describe(name)}` };
    }
    const cuts: Counts<TrimReason> = {};
    const { session: visit, campaign } = session.touch(time, readCampaign(location.search));
    const event: TrackletEvent = {
      id: newId(),
      type,
      name: cutText(name.trim(), MAX_NAME, cuts, 'name'),
      time,
      properties: toPlainObject(happening.properties, cuts),
      ...money(happening, cuts),
      visitor: identity.get(),
      session: visit,
      page: { ...readPage(), ...address },
      context: readContext(campaign),
    };
    const bytes = byteLength(JSON.stringify(event));
    if (bytes > maxEventBytes) return { lost: 'too-large', detail: `${bytes} bytes, at most ${maxEventBytes}` };
    return { event, bytes, cuts };
  };
}

function money({ value, currency }: Happening, cuts: Counts<TrimReason>): Pick<TrackletEvent, 'value' | 'currency'> {
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  const isCurrency = typeof currency === 'string' && /^[a-z]{3}$/i.test(currency);
  const wrong = Number(value !== undefined && !isNumber) + Number(currency !== undefined && !isCurrency);
  if (wrong > 0) cuts.value = (cuts.value ?? 0) + wrong;
  return { ...(isNumber && { value }), ...(isCurrency && { currency: currency.toUpperCase() }) };
}

const describe = (value: unknown): string => (value === '' ? 'an empty one' : typeof value);
