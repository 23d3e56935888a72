import { check } from '../adapters/check.js';

/** https, or this machine for tests: a secret does not travel in the clear. */
const ADDRESS = /^(https:\/\/[^/]|http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:|\/))[^?#]*[^/?#]$/;

/** Throws a TypeError for an address that would carry the secret in the clear, or one with a slash too many. */
export function checkAddress(option: string, address: unknown): void {
  const isRight = typeof address === 'string' && ADDRESS.test(address);
  check(option, isRight, 'an https:// address without / at the end');
}

/** Throws a TypeError unless it is a text with something in it. */
export function checkSecret(option: string, secret: unknown): void {
  check(option, typeof secret === 'string' && secret.trim() !== '', 'given');
}

/** The address for the region; throws a TypeError for a region that is none. */
export function addressIn<Region extends string>(
  option: string,
  region: Region,
  addresses: Readonly<Record<Region, string>>,
): string {
  const names = Object.keys(addresses);
  check(option, names.includes(region), `one of ${names.join(', ')}`);
  return addresses[region];
}
