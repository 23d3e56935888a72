/** Of a height, at most all of it; a page of no height is seen whole. Pure. */
export const toPercent = (part: number, whole: number): number =>
  whole > 0 ? Math.min(100, Math.round((100 * part) / whole)) : 100;
