/**
 * Types do not reach sites that use the script tag, so a wrong option says so itself, at the factory. What all vendors
 * have in common (`name`, `headers` …) is checked by `createTracker()`.
 */
export function check(option: string, isRight: unknown, rule: string): void {
  if (!isRight) throw new TypeError(`tracklet: ${option} must be ${rule}`);
}

/** The rule for a vendor's ids and its secret, which somebody else may add on the way. */
export const GIVEN = 'given; set endpoint to a proxy that adds the secret, or use relay()';
