import { expect, test } from 'vitest';
import { renamed } from '../../../src/delivery/select.js';
import { neutralEvent } from '../../support/events.js';

const nameOf = (rename: Parameters<typeof renamed>[1], name = 'Plan Chosen') =>
  renamed(neutralEvent('a', { name }), rename).name;

test('a table renames the names that it lists, and no others', () => {
  expect(nameOf({ 'Plan Chosen': 'Chose Plan' })).toBe('Chose Plan');
  expect(nameOf({ 'Plan Chosen': 'Chose Plan' }, 'Other')).toBe('Other');
  expect(nameOf({}, 'constructor')).toBe('constructor');
});

test('a function renames', () => {
  expect(nameOf((name) => `web ${name}`)).toBe('web Plan Chosen');
});

test('a rename that throws, or leaves nothing, leaves the name', () => {
  const broken = () => {
    throw new Error('broken');
  };
  expect(nameOf(broken)).toBe('Plan Chosen');
  expect(nameOf(() => '')).toBe('Plan Chosen');
  expect(nameOf(undefined)).toBe('Plan Chosen');
});
