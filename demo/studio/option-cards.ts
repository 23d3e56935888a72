import { element } from '../shared/dom.js';
import { price } from '../shop/catalogue.js';
import { type Choice, choice } from './choice.js';

interface Option {
  readonly slug: string;
  readonly name: string;
  readonly line: string;
  readonly cents?: number;
  readonly picture?: string;
}

/** A row of cards of which one is chosen: radio buttons underneath, so that the keyboard works by itself. */
export function optionCards(key: keyof Choice, options: readonly Option[]): HTMLElement {
  const cards = options.map((option) => {
    const radio = element('input', {
      type: 'radio',
      name: key,
      value: option.slug,
      checked: choice[key] === option.slug,
    });
    radio.addEventListener('change', () => {
      choice[key] = option.slug;
    });
    const card = element('label', { className: 'option' }, radio);
    const picture = option.picture ?? (option.cents ? option.slug : undefined);
    if (picture)
      card.append(element('img', { src: `/shop/pictures/${picture}.svg`, alt: '', width: 320, height: 240 }));
    card.append(element('b', {}, option.name), element('span', {}, option.line));
    if (option.cents) card.append(element('span', { className: 'option-price' }, price(option.cents)));
    return card;
  });
  return element('div', { className: 'options' }, ...cards);
}
