import type { TrackletEvent } from '../event/event.js';
import type { Acceptance } from './adapter.js';
import type { Exact } from './exact.js';
import {
  type KlaviyoProfileResource,
  type KlaviyoWriter,
  matching,
  toKlaviyoName,
  toResource,
  writeKlaviyo,
} from './klaviyo-body.js';
import type { KlaviyoFields, KlaviyoLocation, KlaviyoProfile } from './klaviyo-fields.js';
import { fitText, fitValue, IDENTIFIERS, isKnown } from './klaviyo-limits.js';
import { propertiesOf } from './neutral-event.js';

export type { KlaviyoFields, KlaviyoLocation, KlaviyoPatch, KlaviyoProfile } from './klaviyo-fields.js';

/** K-OA */
const LOCATION: readonly (keyof KlaviyoLocation)[] = [
  ...(['address1', 'address2', 'city', 'country', 'latitude'] as const),
  ...(['longitude', 'region', 'zip', 'timezone', 'ip'] as const),
];

/**
 * For `klaviyo({ map })` and `klaviyoServer({ map })`: all fields that Klaviyo takes beyond the default mapping, in
 * Klaviyo's own words. Whatever an event or `fields` bring is brought within Klaviyo's limits: texts over 100 KB and lists
 * over 4,000 are cut, what is nested deeper than 10 levels becomes JSON text, properties over the revision's number are
 * left out, ours first, and so is what Klaviyo would find malformed. An event whose `fields` throws is refused with that
 * reason; one whose profile is left without an identifier is held until it has one.
 *
 * @param fields Pure: it is asked several times for one event.
 * @example
 * klaviyo({ companyId: 'ABC123', map: klaviyoMap(({ properties }) => ({ properties: { $extra: { html: properties.html } } })) });
 */
export const klaviyoMap =
  <Mapped extends KlaviyoFields>(fields: (event: TrackletEvent) => Exact<Mapped, KlaviyoFields>): KlaviyoWriter =>
  (event, now, revision, count) => {
    const plain = writeKlaviyo(event, now, revision);
    let own: KlaviyoFields;
    try {
      own = fields(event);
    } catch (error) {
      return { ...plain, acceptance: { refused: `map: ${error}` } };
    }
    const { value = event.value, value_currency = event.currency, service, backfill } = own;
    const profile = mapProfile(plain.profile, own.profile);
    const { meta } = own.profile ?? {};
    const isInside = count === 1 && event.type !== 'identify';
    const metric = toResource('metric', { name: toKlaviyoName(event.name), service });
    return {
      acceptance: accept(event, revision, isKnown(profile)),
      profile: {
        ...profile,
        ...(meta && (isInside ? { attributes: { ...profile.attributes, meta } } : { meta })),
      },
      attributes: {
        ...plain.attributes,
        metric: { data: metric },
        properties: toProperties({ ...propertiesOf(event), ...own.properties }, revision),
        value: Number.isFinite(value) ? value : undefined,
        value_currency: matching(value_currency?.toUpperCase(), /^[A-Z]{3}$/),
        backfill: revision >= '2026-04-15' ? backfill : undefined,
      },
    };
  };

function accept(event: TrackletEvent, revision: string, hasIdentity: boolean): Acceptance {
  if (event.type === 'group') return 'not-applicable';
  if (!toKlaviyoName(event.name)) return { refused: 'empty name' };
  const year = revision >= '2026-07-15' ? 1990 : 2000; // K-OA
  if (!(event.time >= Date.UTC(year, 0))) return { refused: `before ${year}` };
  return hasIdentity ? 'ready' : 'needs-identity';
}

function mapProfile(plain: KlaviyoProfileResource, own: KlaviyoProfile = {}): KlaviyoProfileResource {
  const { id, meta: _elsewhere, location, properties, ...texts }: KlaviyoProfile = { ...plain.attributes, ...own };
  const sound = Object.entries(texts).map(([name, text]) => [name, fitText(matching(text, IDENTIFIERS[name]))]);
  const attributes = {
    ...Object.fromEntries(sound),
    location: location && Object.fromEntries(LOCATION.map((name) => [name, toPlace(location[name])])),
    properties: fitValue(properties ?? {}),
  };
  return { id: matching(id), ...toResource('profile', attributes) };
}

const toPlace = (value: unknown) => (Number.isFinite(value) ? value : fitText(matching(value)));

/** As many as the revision takes (K-OA). Ours stand first, and are the first to go. */
const toProperties = (properties: object, revision: string): object =>
  Object.fromEntries(Object.entries(fitValue(properties) as object).slice(revision >= '2025-04-15' ? -400 : -300));
