import type { ConsentChoice, ConsentState } from './gate.js';

/** What was said of each purpose; of those that are not named, under `*`. */
export type ByPurpose = { readonly [purpose: string]: ConsentState };

export const CHOICE_WORDS = "'granted', 'pending', 'denied', or an object of these by purpose";

const isState = (value: unknown) => ['granted', 'pending', 'denied'].includes(value as string);

export const isByPurpose = (value: unknown): value is ByPurpose =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isState);

export const isChoice = (value: unknown): value is ConsentChoice => isState(value) || isByPurpose(value);

export const byPurpose = (choice: ConsentChoice): ByPurpose => (typeof choice === 'string' ? { '*': choice } : choice);

/** Who speaks of every purpose has said it all; else what was said before of others still holds. */
export const merge = (before: ByPurpose, said: ByPurpose): ByPurpose => ('*' in said ? said : { ...before, ...said });

/** What another page has stored; undefined if that is no choice, for others may write there too. */
export function parseChoice(text: string | null): ByPurpose | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isByPurpose(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
