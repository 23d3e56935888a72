import type { JsonObject } from '../event/event.js';

/** Where somebody lives; every field may be left out. */
export interface KlaviyoLocation {
  readonly address1?: string;
  readonly address2?: string;
  readonly city?: string;
  readonly country?: string;
  readonly region?: string;
  readonly zip?: string;
  /** IANA name, such as `Europe/Vienna`. */
  readonly timezone?: string;
  readonly ip?: string;
  readonly latitude?: number | string;
  readonly longitude?: number | string;
}

/** Changes to what Klaviyo has of a profile already, instead of values that replace it. */
export interface KlaviyoPatch {
  readonly patch_properties?: {
    readonly append?: JsonObject;
    readonly unappend?: JsonObject;
    readonly unset?: string | readonly string[];
  };
  /** Adds or removes secondary addresses: `{ append: { email: ['mia@work.example'] } }`. */
  readonly patch_identifiers?: { readonly append?: JsonObject; readonly unappend?: JsonObject };
}

/** A profile in Klaviyo's own words. Undefined takes back what we would send: `{ anonymous_id: undefined }`. */
export interface KlaviyoProfile {
  /** Klaviyo's own id of the profile. */
  readonly id?: string | undefined;
  readonly email?: string | undefined;
  /** E.164, such as `+4366412345678`. */
  readonly phone_number?: string | undefined;
  readonly external_id?: string | undefined;
  readonly anonymous_id?: string | undefined;
  /** The encrypted id that Klaviyo's own links and cookie carry. */
  readonly _kx?: string | undefined;
  readonly first_name?: string | undefined;
  readonly last_name?: string | undefined;
  readonly organization?: string | undefined;
  /** BCP 47, such as `de-AT`. */
  readonly locale?: string | undefined;
  /** Job title. */
  readonly title?: string | undefined;
  /** Address of a picture. */
  readonly image?: string | undefined;
  readonly location?: KlaviyoLocation | undefined;
  /** Instead of the visitor's traits. */
  readonly properties?: JsonObject | undefined;
  readonly meta?: KlaviyoPatch | undefined;
}

/** What Klaviyo takes of an event beyond the default mapping, in Klaviyo's own words. */
export interface KlaviyoFields {
  /** Win over the event's own. `$extra` holds what is looked up later, but not used for segments. */
  readonly properties?: JsonObject;
  /** Instead of the event's `value` and `currency`. */
  readonly value?: number;
  readonly value_currency?: string;
  /** True records the event without starting flows. Revisions from 2026-04-15; left out of older ones. */
  readonly backfill?: boolean;
  /** For advanced use: what the metric belongs to. Klaviyo's default is `api`. */
  readonly service?: string;
  /** Wins over what we know of the visitor, field by field. */
  readonly profile?: KlaviyoProfile;
}
