/** The five vendors and the site's own collector, in the order in which the demo shows them. */
export const vendorNames = ['klaviyo', 'airship', 'gainsight', 'embeddables', 'capillary', 'collector'] as const;

export type VendorName = (typeof vendorNames)[number];

export function isVendorName(name: string): name is VendorName {
  return (vendorNames as readonly string[]).includes(name);
}
