export type JsonRecord = { readonly [key: string]: unknown };

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys nobody would read: mostly misspelt ones. */
export const strayKeys = (record: JsonRecord, known: readonly string[]): string[] =>
  Object.keys(record).filter((key) => !known.includes(key));

/** What somebody wrote, short enough for a message. */
export const quote = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60));

/** Follows keys; undefined as soon as one is missing. Keys from the prototype of objects are not there. */
export const readAt = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce((at, key) => (isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined), value);

/** Undefined when the text is not JSON, which no JSON text is. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
