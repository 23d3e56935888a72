/**
 * Types do not reach sites that use the script tag, so a wrong option says so itself, at the factory. What all vendors
 * have in common (`name`, `headers` …) is checked by `createTracker()`.
 */
export function check(option: string, isRight: unknown, rule: string): void {
  if (!isRight) throw new TypeError(`tracklet: ${option} must be ${rule}`);
}

/** The rule for a vendor's ids, and for the address where the site's own server adds the secret. */
export const GIVEN = 'given; your proxy adds the secret; or use relay()';
