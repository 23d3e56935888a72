/** Anything that survives `JSON.parse(JSON.stringify(value))` unchanged. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A plain JSON object: event properties, visitor traits. */
export type JsonObject = { readonly [key: string]: Json };

/** What kind of fact the event states. */
export type EventType = 'track' | 'page' | 'identify' | 'group';

/** Who did it, as known when it happened. */
export interface EventVisitor {
  /** Random id of this browser, made by tracklet. */
  readonly anonymousId: string;
  /** The site's own id of the person, from `identify()`. */
  readonly userId?: string;
  /** The company or team the person acts for, from `group()`. */
  readonly accountId?: string;
  /** From the traits given to `identify()`. */
  readonly email?: string;
  /** From the traits given to `identify()`, preferably E.164 (`+4915112345678`). */
  readonly phone?: string;
  /** Ids that vendors gave to this visitor, by name: `{ airshipChannel: '…' }`. */
  readonly ids?: { readonly [name: string]: string };
  /** Everything else given to `identify()`. */
  readonly traits?: JsonObject;
}

/** The visit the event belongs to; shared by all tabs of the site. */
export interface EventSession {
  /** The visitor's anonymous id and the session's number, so that tabs which wake at once agree without asking. */
  readonly id: string;
  /** Of the session before this one. */
  readonly previousId?: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** 1 for the visitor's first session, 2 for the second. */
  readonly number: number;
  /** 1 for the first event of the session; tabs that track in the same instant may count alike. */
  readonly eventIndex: number;
}

/** The page on which the event happened. */
export interface EventPage {
  readonly url: string;
  readonly path: string;
  readonly title: string;
  /** The page that linked here, as the browser tells it; the same for all views of one document. */
  readonly referrer: string;
  /** nanoid of this view: a page event and all that happens until the next one share it. */
  readonly viewId: string;
  /** Where the view before this one was, within the same document: the referrer that the browser cannot know. */
  readonly previousUrl?: string;
}

/** Where it happened, besides the page. */
export interface EventContext {
  /** `utm_source` → `source`, `utm_medium` → `medium` …, and click ids under their own name (`gclid`). */
  readonly campaign?: { readonly [name: string]: string };
  /** BCP 47, such as `de-AT`. */
  readonly locale: string;
  /** IANA name, such as `Europe/Vienna`; empty when the browser does not tell. */
  readonly timezone: string;
  /** CSS pixels. */
  readonly screen: { readonly width: number; readonly height: number };
  /** CSS pixels. */
  readonly viewport: { readonly width: number; readonly height: number };
  readonly library: { readonly name: string; readonly version: string };
}

/**
 * The neutral event: what is stored, what the relay receives, what adapters translate.
 * Plain JSON by construction, see `plain.ts`.
 */
export interface TrackletEvent {
  /** nanoid, 21 characters. Minted once at capture; every vendor that can deduplicate gets it. */
  readonly id: string;
  readonly type: EventType;
  /** What the site called it: `Plan Chosen`. `Page View` for page events without a name. */
  readonly name: string;
  /** When it happened, epoch milliseconds (an integer). Never the time of sending. */
  readonly time: number;
  readonly properties: JsonObject;
  /** Money, or any number worth adding up. */
  readonly value?: number;
  /** ISO 4217, upper case. */
  readonly currency?: string;
  readonly visitor: EventVisitor;
  readonly session: EventSession;
  /** Purposes the visitor had agreed to when this was stored; absent where nobody is asked. */
  readonly consent?: readonly string[];
  readonly page: EventPage;
  readonly context: EventContext;
}
