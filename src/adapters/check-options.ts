/** Throws a `TypeError` that names the option, its rule and so the fix, unless `ok`. */
export type Check = (option: string, ok: boolean, rule: string) => void;

/** Options that any destination may have. The secrets are named alike at all vendors, see `destination.ts`. */
const SHARED = [
  [isText, 'a text, not empty', ['name', 'endpoint', 'token', 'apiKey']],
  [isTable, 'an object of texts, or a function', ['headers', 'rename']],
  [isFunction, 'a function', ['filter']],
] as const;

/**
 * Checks what all vendors' options have in common, and returns the check for the vendor's own. Types do not reach sites
 * that use the script tag, so a wrong option says so itself, at the factory.
 */
export function checkOptions(vendor: string, options: object): Check {
  const check: Check = (option, ok, rule) => {
    if (!ok) throw new TypeError(`tracklet: ${vendor}({ ${option} }) must be ${rule}`);
  };
  check('…', isRecord(options), 'an object');
  const given = new Map<string, unknown>(Object.entries(options));
  for (const [isRight, rule, names] of SHARED) {
    for (const name of names) check(name, given.get(name) === undefined || isRight(given.get(name)), rule);
  }
  return check;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isTextRecord(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isText);
}

function isTable(value: unknown): boolean {
  return isFunction(value) || isTextRecord(value);
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
