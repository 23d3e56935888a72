import { element } from '../shared/dom.js';
import { vendorNames } from '../shared/vendor-names.js';
import type { EventRow } from './event-rows.js';
import { type Stage, stages } from './stages.js';

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export function drawLegend(list: HTMLElement): void {
  const shown: readonly Stage[] = ['queued', 'held', 'sending', 'retry', 'accepted', 'dropped'];
  const words = ['queued', 'held', 'sending', 'trying again', 'arrived', 'dropped'];
  list.replaceChildren(
    ...shown.map((stage, index) => element('li', { title: stages[stage].says }, markOf(stage), words[index] ?? '')),
  );
}

export function drawEvents(matrix: HTMLElement, rows: readonly EventRow[]): void {
  const head = element(
    'div',
    { className: 'row head' },
    element('span', {}, ''),
    ...vendorNames.map((name) => element('span', { title: name }, name.slice(0, 3))),
  );
  matrix.replaceChildren(head, ...rows.map(rowOf));
}

function rowOf(row: EventRow): HTMLElement {
  const cells = vendorNames.map((vendor) => {
    const stage = row.stages.get(vendor);
    if (!stage) return element('span', { className: 'none', title: `Not for ${vendor}` }, '·');
    const note = row.notes.get(vendor);
    return element('span', {}, markOf(stage, `${vendor}: ${stages[stage].says}${note ? ` (${note})` : ''}`));
  });
  const name = element(
    'span',
    { className: 'name' },
    element('b', {}, row.name),
    element('time', {}, clock.format(row.at)),
  );
  return element('div', { className: 'row' }, name, ...cells);
}

function markOf(stage: Stage, title: string = stages[stage].says): HTMLElement {
  const mark = element('i', { className: `mark ${stage}`, title }, stages[stage].mark);
  mark.setAttribute('role', 'img');
  mark.setAttribute('aria-label', title);
  return mark;
}
