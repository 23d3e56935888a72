/**
 * What became of one event.
 * - `delivered`: the vendor took it.
 * - `not-applicable`: the vendor has no place for this kind of event; not a loss.
 * - `unidentified`: the vendor cannot take this visitor; with an identity it could.
 * - `refused`: never sent, because the vendor would reject it.
 * - `rejected`: the vendor refused it for good.
 * - `waiting`: to be delivered again, not before `retryAfterMs` where there is one. `unclear`: no answer came, or one such
 *   as 504, so the vendor may have it; say so in the options of the next delivery.
 * - `paused`: credential or configuration are wrong; to be delivered again once they are right.
 */
export type EventFate =
  | { readonly kind: 'delivered' | 'not-applicable' | 'unidentified' }
  | { readonly kind: 'refused' | 'rejected' | 'paused'; readonly reason: string }
  | { readonly kind: 'waiting'; readonly reason: string; readonly unclear: boolean; readonly retryAfterMs?: number };
