import { element } from '../shared/dom.js';
import { CURRENCY, price } from '../shop/catalogue.js';
import { type Choice, choice, chosenExtra, chosenPlan, chosenRhythm, parcelCents } from './choice.js';
import { optionCards } from './option-cards.js';
import { extras, plans, rhythms } from './plans.js';
import { tracker } from './tracker.js';

export interface Step {
  readonly path: string;
  readonly title: string;
  readonly lead: string;
  draw(): readonly HTMLElement[];
}

const drawCards = (key: keyof Choice, options: Parameters<typeof optionCards>[1]) => () => [optionCards(key, options)];

/** The routes of the studio, in order. */
export const steps: readonly Step[] = [
  {
    path: '/studio/',
    title: 'What goes in?',
    lead: 'Three parcels that have made people write back.',
    draw: drawCards('plan', plans),
  },
  {
    path: '/studio/rhythm',
    title: 'How often?',
    lead: 'Stop whenever you like; we never ask why.',
    draw: drawCards('rhythm', rhythms),
  },
  {
    path: '/studio/extras',
    title: 'Something on top?',
    lead: 'Goes into the first parcel only.',
    draw: drawCards('extra', [{ slug: '', name: 'No, thank you', line: 'It is lovely as it is' }, ...extras]),
  },
  {
    path: '/studio/summary',
    title: 'Your gift',
    lead: 'Have a last look.',
    draw: drawSummary,
  },
  {
    path: '/studio/done',
    title: 'It is on its way',
    lead: 'Well, it would be, if this were not a demonstration.',
    draw: () => [element('p', {}, element('a', { className: 'button', href: '/shop/' }, 'Back to the shop'))],
  },
];

function drawSummary(): readonly HTMLElement[] {
  const lines: readonly (readonly [string, string])[] = [
    ['Parcel', chosenPlan()?.name ?? ''],
    ['Rhythm', chosenRhythm()?.name ?? ''],
    ['On top', chosenExtra()?.name ?? 'Nothing'],
    ['First parcel', price(parcelCents())],
  ];
  const list = element('dl', { className: 'summary' });
  for (const [term, value] of lines) list.append(element('dt', {}, term), element('dd', {}, value));

  const order = element('a', { className: 'button wide', href: '/studio/done' }, 'Choose this plan');
  order.dataset.choose = '';
  order.addEventListener('click', () => {
    tracker.track('Plan Chosen', { ...choice }, { value: parcelCents() / 100, currency: CURRENCY });
  });
  return [element('div', { className: 'box' }, list, order)];
}
