import { expect, test } from 'vitest';
import { askSite, type BeforeCapture } from '../../../src/capture/before-capture.js';
import type { TrackletEvent } from '../../../src/event/event.js';
import type { Counts, TrimReason } from '../../../src/event/loss.js';
import { sampleEvent } from '../adapters/sample-event.js';

const event = sampleEvent({ name: 'Plan Chosen', properties: { plan: 'team' } });
const ask = (beforeCapture: unknown, cuts: Counts<TrimReason> = {}) =>
  askSite(event, beforeCapture as BeforeCapture, cuts);

test('what the site does to its event is done to no other', () => {
  const before = JSON.stringify(event);
  const hashed = ask(({ ...its }: TrackletEvent) => {
    Object.assign(its.visitor, { anonymousId: 'hashed' });
    Object.assign(its.page, { path: '/app' });
    Object.assign(its.session, { number: 7 });
    return its;
  });
  expect(hashed).toMatchObject({ visitor: { anonymousId: 'hashed' }, page: { path: '/app' }, session: { number: 7 } });
  expect(JSON.stringify(event)).toBe(before);
});

test('what it leaves out of an event stays as it was, what it takes out of a part is gone', () => {
  expect(ask(() => ({ name: 'Renamed', properties: {} }))).toEqual({ ...event, name: 'Renamed', properties: {} });
  const { userId: _, ...anonymous } = event.visitor;
  expect(ask((its: TrackletEvent) => ({ ...its, visitor: anonymous }))).toEqual({ ...event, visitor: anonymous });
});

test('id, type and time are not the site’s to change', () => {
  expect(ask((its: TrackletEvent) => ({ ...its, id: 'x', type: 'page', time: 0 }))).toEqual(event);
});

test('what it adds is held to the bounds of what is tracked, and what had to go is counted', () => {
  const cuts = {};
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`p${index}`, index]));
  const asked = ask(
    (its: TrackletEvent) => ({ ...its, name: 'n'.repeat(300), properties: many, value: '12', currency: 'eur' }),
    cuts,
  ) as TrackletEvent;
  expect(asked).toMatchObject({ currency: 'EUR' });
  expect(asked.value).toBeUndefined();
  expect([asked.name.length, Object.keys(asked.properties).length]).toEqual([255, 396]);
  expect(cuts).toEqual({ name: 1, keys: 1, value: 1 });
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['true', true],
  ['a text', 'event'],
  ['an empty name', { ...event, name: '' }],
  ['a blank name', { ...event, name: ' ' }],
  ['a name that is a number', { ...event, name: 7 }],
  ['properties that are a text', { ...event, properties: 'text' }],
  ['properties that are a list', { ...event, properties: [] }],
  ['no properties', { name: 'x' }],
  ['a page that is null', { ...event, page: null }],
  ['a visitor that is null', { ...event, visitor: null }],
  ['a session that is a number', { ...event, session: 3 }],
  ['a context that is a list', { ...event, context: [] }],
])('drops the event for %s', (_, answer) => {
  expect(ask(() => answer)).toEqual({ lost: 'before-capture', detail: 'beforeCapture() returned no event' });
});

test('drops the event for an exception, and for what is no JSON', () => {
  const fail = () => {
    throw new Error('no');
  };
  expect(ask(fail)).toEqual({ lost: 'before-capture', detail: 'Error: no' });
  expect(ask((its: TrackletEvent) => ({ ...its, properties: { n: 1n } }))).toMatchObject({ lost: 'before-capture' });
});
