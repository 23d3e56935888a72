import type { KlaviyoProfileResource, KlaviyoWriter } from '../adapters/klaviyo-body.js';

export const LEGACY_REVISION = '2023-01-24';

/** Where the flat profile keeps what the nested one has under `location`. */
const PLACES = { $city: 'city', $region: 'region', $country: 'country', $zip: 'zip' } as const;

/** K-RL: as it was then. */
const MAX_PROPERTIES = 300;

interface Nested {
  readonly metric: { readonly data: { readonly attributes: object } };
  readonly value_currency?: string;
  readonly properties: object;
}

/** The flat profile: fields of Klaviyo's with a `$`, beside the visitor's own. */
export function flatProfile({ attributes }: KlaviyoProfileResource): object {
  const location = (attributes.location ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...(attributes.properties as object),
    $email: attributes.email,
    $phone_number: attributes.phone_number,
    $first_name: attributes.first_name,
    $last_name: attributes.last_name,
    $image: attributes.image,
    ...Object.fromEntries(Object.entries(PLACES).map(([flat, nested]) => [flat, location[nested]])),
  };
}

/**
 * Writes the attributes of revision 2023-01-24 (SEED): a metric that is no resource, and the currency among the
 * properties, as it has no other place. There was no profile update, and only two ways to say who it is.
 */
export const writeLegacy =
  (map: KlaviyoWriter): KlaviyoWriter =>
  (event, now, revision) => {
    const { acceptance, profile, attributes } = map(event, now, revision);
    const { metric, value_currency: currency, properties, ...others } = attributes as Nested;
    const isKnown = profile.attributes.email !== undefined || profile.attributes.phone_number !== undefined;
    const all = Object.entries({ ...(currency && { currency }), ...properties });
    return {
      acceptance:
        event.type === 'identify'
          ? 'not-applicable'
          : acceptance === 'ready' && !isKnown
            ? 'needs-identity'
            : acceptance,
      profile,
      attributes: {
        ...others,
        metric: metric.data.attributes,
        properties: Object.fromEntries(all.slice(-MAX_PROPERTIES)),
      },
    };
  };
