import { attach, type Trackable } from './attach.js';
import { parse, withoutQuery } from './links.js';

export interface FormOptions {
  /** What the event is called. Default `Form Submitted`. */
  name?: string;
  /** CSS selector of the forms that count. Default `form`, every one. */
  forms?: string;
}

/**
 * Tracks forms that a visitor submits, once the browser finds them valid: `form` (its id or name), `method`, and `url`
 * without query and fragment. What was typed or chosen is never read. Nothing is prevented or delayed. Forms in shadow
 * roots are not noticed, because their `submit` is not heard outside.
 *
 * @returns the function that ends it.
 * @throws TypeError when it is given no tracker, SyntaxError when `forms` is no selector.
 */
export function trackForms(
  tracker: Trackable,
  { name = 'Form Submitted', forms = 'form' }: FormOptions = {},
): () => void {
  return attach('trackForms', tracker, ({ track, listen }) => {
    // Tried here, so that a mistake is heard of at once and not at the first form.
    document.querySelector(forms);
    listen('submit', ({ target, submitter }) => {
      const form = target as Element;
      if (!form.matches(forms)) return;
      // Not `form.action`: a field of that name takes its place. A button may say otherwise than its form.
      const read = (attribute: string) =>
        submitter?.getAttribute(`form${attribute}`) ?? form.getAttribute(attribute) ?? '';
      const url = parse(read('action'));
      track(name, {
        form: form.getAttribute('id') || form.getAttribute('name') || '',
        method: (read('method') || 'get').toLowerCase(),
        ...(url && { url: withoutQuery(url) }),
      });
    });
  });
}
