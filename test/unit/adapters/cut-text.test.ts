import { expect, it } from 'vitest';
import { cutText } from '../../../src/adapters/cut-text.js';

it('never leaves half a character', () => {
  expect(cutText('ab😀', 3)).toBe('ab');
  expect(cutText('ab😀', 4)).toBe('ab😀');
});
