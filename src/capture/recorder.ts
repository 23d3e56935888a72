import type { EventType, TrackletEvent } from '../event/event.js';
import type { Counts, DropReason, TrimReason } from '../event/loss.js';
import { toPlainObject } from '../event/plain.js';
import { type Redact, redactEvent } from '../event/redaction.js';
import { byteLength } from '../lib/byte-length.js';
import { newId } from '../lib/new-id.js';
import type { Identity } from '../visitor/identity.js';
import type { Session } from '../visitor/session.js';
import { askSite, type BeforeCapture } from './before-capture.js';
import { readCampaign, readContext } from './page-context.js';
import type { Views } from './views.js';
import { toWording } from './wording.js';

/** What the page said happened, as it said it. */
export interface Happening {
  readonly type: EventType;
  readonly name: unknown;
  readonly properties?: unknown;
  /** `value` and `currency`. */
  readonly options?: unknown;
  /** When: epoch ms. */
  readonly time: number;
  /** The query it arrived with, if the address may have changed since. */
  readonly search?: string;
}

export type Recorded =
  | {
      readonly event: TrackletEvent;
      readonly cuts: Counts<TrimReason>;
      /** The event with its secrets. */
      readonly raw: TrackletEvent;
    }
  | { readonly lost: DropReason; readonly detail: string };

export interface RecorderOptions {
  readonly maxEventBytes: number;
  readonly redact: Redact;
  readonly beforeCapture?: BeforeCapture | undefined;
}

/**
 * Notes what the page said and everything that is true of the page at this moment. The function it returns makes the
 * event of it, maybe later: who the visitor is and in which session must not be asked before they have agreed.
 */
export const createRecorder =
  (identity: Identity, session: Session, views: Views, { maxEventBytes, redact, beforeCapture }: RecorderOptions) =>
  ({ type, name, properties, options, time, search = location.search }: Happening): (() => Recorded) => {
    if (typeof name !== 'string' || !name.trim()) {
      return () => ({ lost: 'invalid-name', detail: 'the name must be a string that is not empty' });
    }
    const cuts: Counts<TrimReason> = {};
    const plain = toPlainObject(properties, cuts);
    // First, because the view before it ends here, and may have something to say.
    const page = type === 'page' ? views.count(name + JSON.stringify(plain), time) : views.page();
    if (!page) return () => ({ lost: 'duplicate', detail: 'just said of this page' });
    // The session keeps it, on disk.
    const arrived = redact(readCampaign(search), cuts, 'campaign');
    const said = { id: newId(), type, time, ...toWording(name, plain, options, cuts) };
    const where = readContext();
    return () => {
      const visitor = identity.get();
      const [visit, campaign] = session.touch(visitor.anonymousId, time, arrived);
      const context = { ...(campaign && { campaign }), ...where };
      const raw = askSite({ ...said, visitor, session: visit, page, context }, beforeCapture, cuts);
      if ('lost' in raw) return raw;
      const event = redactEvent(redact, raw, cuts);
      const bytes = byteLength(JSON.stringify(event));
      if (bytes > maxEventBytes) return { lost: 'too-large', detail: `${bytes} bytes` };
      return { event, cuts, raw };
    };
  };
