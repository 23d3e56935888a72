/** Replaces what a vendor does not allow in names, and `_` itself, by single underscores, none at the ends. */
export const toWireName = (name: string, forbidden: RegExp): string =>
  name.replace(forbidden, '_').replace(/^_|_$/g, '');
