/** The troubles that the live view can put a vendor into. */
export const faultNames = ['healthy', '500', '429', '401', 'hang', 'reset', 'slow'] as const;

export type FaultName = (typeof faultNames)[number];

export function isFaultName(value: unknown): value is FaultName {
  return (faultNames as readonly unknown[]).includes(value);
}
