/** Channels are UUIDs that Airship gave to a device (A-DOC, A-SK). Of a `channel` it finds out the kind itself. */
export type AirshipChannel = 'channel' | 'web_channel' | 'ios_channel' | 'android_channel' | 'amazon_channel';

/** Ways to say who it is, of which Airship takes one (A-DOC). */
export type AirshipUser = {
  [One in 'named_user_id' | AirshipChannel]: { readonly [Key in One]: string } & {
    readonly [Other in Exclude<'named_user_id' | AirshipChannel, One>]?: never;
  };
}['named_user_id' | AirshipChannel];

/** How channels look. */
export const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
