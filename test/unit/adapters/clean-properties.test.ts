import { describe, expect, it } from 'vitest';
import { cleanProperties, cutText } from '../../../src/adapters/clean-properties.js';

describe('cleanProperties', () => {
  it('lets the first source win, and leaves out the last ones when there are too many', () => {
    const sources = [{ id: 'ours' }, { id: 'site', a: 1, b: 2 }, { b: 3, c: 4 }];
    expect(cleanProperties(sources, { maxKeys: 9 })).toEqual({ id: 'ours', a: 1, b: 2, c: 4 });
    expect(cleanProperties(sources, { maxKeys: 2 })).toEqual({ id: 'ours', a: 1 });
  });

  it('leaves out null and undefined at any depth, and keeps other empty values', () => {
    const value = { a: null, b: undefined, c: [1, null, { d: null }], e: '', f: 0, g: false };
    expect(cleanProperties([value], { maxKeys: 9 })).toEqual({ c: [1, {}], e: '', f: 0, g: false });
  });

  it('cuts texts at any depth', () => {
    expect(cleanProperties([{ a: 'long', b: ['long'] }], { maxKeys: 9, maxText: 2 })).toEqual({ a: 'lo', b: ['lo'] });
  });

  it('counts only the properties themselves', () => {
    expect(cleanProperties([{ a: { b: 1, c: 2 } }], { maxKeys: 1 })).toEqual({ a: { b: 1, c: 2 } });
  });

  it('makes nested values JSON text when flat', () => {
    const value = { filters: { a: 1 }, tags: ['x'], seats: 4 };
    expect(cleanProperties([value], { maxKeys: 9, flat: true })).toEqual({
      filters: '{"a":1}',
      tags: '["x"]',
      seats: 4,
    });
  });

  it('keeps odd keys', () => {
    const odd = JSON.parse('{"__proto__":1,"constructor":2,"":3}');
    expect(JSON.stringify(cleanProperties([odd], { maxKeys: 9 }))).toBe('{"__proto__":1,"constructor":2,"":3}');
  });
});

describe('cutText', () => {
  it('never leaves half a character', () => {
    expect(cutText('ab😀', 3)).toBe('ab');
    expect(cutText('ab😀', 4)).toBe('ab😀');
  });
});
