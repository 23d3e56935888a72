/** Cuts a text to `max` UTF-16 units, and never in the middle of a character of two. */
export const cutText = (text: string, max: number): string => text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');
