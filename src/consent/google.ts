import type { ChoiceOrigin, ConsentChoice, ConsentState } from './gate.js';

export interface GoogleConsentOptions {
  /**
   * Google's consent types that together make one of the tracker's purposes. Default
   * `{ analytics: ['analytics_storage'], marketing: ['ad_storage', 'ad_user_data', 'ad_personalization'] }`.
   */
  purposes?: { readonly [purpose: string]: readonly string[] };
}

const PURPOSES = {
  analytics: ['analytics_storage'],
  marketing: ['ad_storage', 'ad_user_data', 'ad_personalization'],
};

/**
 * Tells the tracker what the page tells Google's consent mode, before and after this call: it listens to `dataLayer`, which
 * goes on working as before. What is `granted` by default is the site's word and not the visitor's, so what the browser
 * itself refuses stays off. A type that is `denied` by default only is not decided yet; one for a region is passed over,
 * because nobody here knows where the visitor is. Returns the function that ends it. Create the tracker with
 * `consent: consent('pending', { remember: false })`, because the consent manager remembers.
 * Fact: Google's tag platform guide, "Set up consent mode on websites".
 */
export function followGoogleConsent(
  tracker: { consent(choice: ConsentChoice, origin?: ChoiceOrigin): void },
  { purposes = PURPOSES }: GoogleConsentOptions = {},
): () => void {
  const scope = globalThis as { dataLayer?: unknown[] };
  scope.dataLayer ??= [];
  const layer = scope.dataLayer;
  const defaults = new Map<string, unknown>();
  const updates = new Map<string, unknown>();
  let isOver = false;

  const read = (item: unknown): boolean => {
    // What `gtag()` pushes is its own `arguments`.
    const [command, action, types] = Array.from((item ?? []) as ArrayLike<unknown>);
    if (command !== 'consent' || typeof types !== 'object' || !types || 'region' in types) return false;
    const states = action === 'update' ? updates : defaults;
    for (const [type, state] of Object.entries(types)) states.set(type, state);
    return true;
  };

  const tell = () => {
    const chosen: { [purpose: string]: ConsentState } = {};
    const unchosen: typeof chosen = {};
    for (const [purpose, types] of Object.entries(purposes)) {
      const isChosen = types.every((type) => updates.has(type));
      if (types.some((type) => updates.has(type) && updates.get(type) !== 'granted')) chosen[purpose] = 'denied';
      else if (types.every((type) => (updates.get(type) ?? defaults.get(type)) === 'granted'))
        (isChosen ? chosen : unchosen)[purpose] = 'granted';
    }
    if (Object.keys(unchosen).length > 0) tracker.consent(unchosen, { byDefault: true });
    if (Object.keys(chosen).length > 0) tracker.consent(chosen);
  };

  const original = layer.push;
  const patched = (...items: unknown[]) => {
    const length = original.apply(layer, items);
    if (!isOver && items.map(read).includes(true)) tell();
    return length;
  };
  if (layer.map(read).includes(true)) tell();
  layer.push = patched;
  return () => {
    isOver = true;
    // Someone may have patched after us; then theirs stays, and ours falls silent.
    if (layer.push === patched) layer.push = original;
  };
}
