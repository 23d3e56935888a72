/** Replaces what a vendor does not allow in names by single underscores, none at the ends. May leave nothing. */
export const toWireName = (name: string, forbidden: RegExp): string =>
  name.replace(forbidden, '_').replace(/_+/g, '_').replace(/^_|_$/g, '');
