import { attach, type Trackable } from './attach.js';
import { elementsOf, linkAmong } from './links.js';
import { readProperties } from './read-properties.js';

/**
 * Tracks clicks on elements with `data-track="Name"`, and forms with it when they are submitted. `data-track-plan="team"`
 * becomes the property `plan`; all are text, but `data-track-value` and `data-track-currency` are the event's own. Of
 * nested elements the innermost counts. Nothing is prevented or delayed, and the page's text is not read. Forms in shadow
 * roots are not noticed, because their `submit` is not heard outside.
 *
 * @returns the function that ends it.
 * @throws TypeError when it is given no tracker.
 */
export const trackDataAttributes = (tracker: Trackable): (() => void) =>
  attach('trackDataAttributes', tracker, ({ track, listen }) => {
    const trackMarked = ({ dataset }: HTMLElement) => {
      const { value, currency, ...properties } = readProperties(dataset);
      const options = { ...(value && { value: Number(value) }), ...(currency && { currency }) };
      track(dataset.track, properties, options);
    };
    const onClick = (event: MouseEvent) => {
      const elements = elementsOf(event);
      // The middle button opens links, and nothing else.
      if (event.button > 1 || (event.button && !linkAmong(elements))) return;
      const marked = elements.find((element) => element.matches('[data-track]')) as HTMLElement | undefined;
      if (!marked || marked.matches('form')) return;
      // A click on a label is followed by one on its field, unless a link or a field in the label takes it; inside the same
      // element they are one act.
      const taker = elements.find((element) => element.matches('label, a[href], button, input, select, textarea'));
      const field = (taker as HTMLLabelElement | undefined)?.control;
      if (field && marked.contains(field)) return;
      trackMarked(marked);
    };
    listen('click', onClick);
    listen('auxclick', onClick);
    listen('submit', ({ target }) => {
      if ((target as Element).matches('[data-track]')) trackMarked(target as HTMLElement);
    });
  });
