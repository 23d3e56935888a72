import { describe, expect, test } from 'vitest';
import type { Counts, TrimReason } from '../../../src/event/loss.js';
import { cutText, toPlainObject } from '../../../src/event/plain.js';

const plain = (value: unknown) => {
  const cuts: Counts<TrimReason> = {};
  const result = toPlainObject(value, cuts);
  // Whatever it is, it must survive JSON unchanged.
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  return { result, cuts };
};

describe('toPlainObject', () => {
  test('keeps plain JSON as it is', () => {
    const value = { a: 1, b: 'x', c: null, d: [1, [2]], e: { f: true } };
    expect(plain(value)).toEqual({ result: value, cuts: {} });
  });

  test.each([
    ['a date', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['a BigInt', { n: 12n }, { n: '12' }],
    ['an error', { e: new Error('no') }, { e: 'no' }],
    [
      'an instance of a class',
      {
        p: new (class Point {
          x = 1;
        })(),
      },
      { p: { x: 1 } },
    ],
    ['an object without prototype', { o: Object.assign(Object.create(null), { x: 1 }) }, { o: { x: 1 } }],
    ['undefined', { u: undefined }, {}],
    ['something of its own toJSON', { m: { toJSON: () => ({ amount: 3 }) } }, { m: { amount: 3 } }],
  ])('writes %s', (_, value, expected) => {
    expect(plain(value)).toEqual({ result: expected, cuts: {} });
  });

  test.each([
    ['a function', { f: () => 1, x: 1 }],
    ['a symbol', { s: Symbol('s'), x: 1 }],
    ['NaN', { n: Number.NaN, x: 1 }],
    ['Infinity', { n: Number.POSITIVE_INFINITY, x: 1 }],
    ['a Map', { m: new Map([[1, 2]]), x: 1 }],
    ['a machine object', { m: Promise.resolve(), x: 1 }],
    [
      'a toJSON that throws',
      {
        m: {
          toJSON() {
            throw new Error('no');
          },
        },
        x: 1,
      },
    ],
  ])('leaves out %s and counts it', (_, value) => {
    expect(plain(value)).toEqual({ result: { x: 1 }, cuts: { unserialisable: 1 } });
  });

  test('a getter that throws costs its own key only', () => {
    const value = {
      a: 1,
      get b(): number {
        throw new Error('no');
      },
      c: 3,
    };
    expect(plain(value)).toEqual({ result: { a: 1, c: 3 }, cuts: { unserialisable: 1 } });
  });

  test('cuts a cycle, but not an object that occurs twice', () => {
    const shared = { x: 1 };
    const value: { [key: string]: unknown } = { a: shared, b: shared };
    value.me = value;
    expect(plain(value)).toEqual({ result: { a: { x: 1 }, b: { x: 1 } }, cuts: { cycle: 1 } });
  });

  test('cuts a toJSON that returns itself', () => {
    const value = {
      m: {
        toJSON(): unknown {
          return value.m;
        },
      },
    };
    expect(plain(value).cuts).toEqual({ cycle: 1 });
  });

  test('keeps ten levels, itself among them, and cuts the rest', () => {
    const nest = (levels: number): object => (levels === 0 ? {} : { in: nest(levels - 1) });
    const depth = (value: object): number => ('in' in value ? 1 + depth(value.in as object) : 0);
    expect(depth(plain(nest(9)).result)).toBe(9);
    expect(plain(nest(9)).cuts).toEqual({});
    expect(depth(plain(nest(20)).result)).toBe(9);
    expect(plain(nest(20)).cuts).toEqual({ depth: 1 });
  });

  test('never sets a prototype', () => {
    const value: unknown = JSON.parse('{"__proto__":{"polluted":true},"x":1}');
    const { result, cuts } = plain(value);
    expect(Object.keys(result)).toEqual(['x']);
    expect((result as { polluted?: boolean }).polluted).toBeUndefined();
    expect(cuts).toEqual({ unserialisable: 1 });
  });

  test('cuts what is too long, too many, or too much', () => {
    expect(plain({ s: 'x'.repeat(10_000_000) }).cuts).toEqual({ string: 1 });
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, index]));
    expect(Object.keys(plain(many).result)).toHaveLength(396);
    expect(plain(many).cuts).toEqual({ keys: 1 });
    const wide = Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => 1));
    expect(plain({ wide }).cuts.keys).toBeGreaterThan(0);
  });

  test('keeps the places of a list', () => {
    expect(plain({ list: [1, () => 2, undefined, 3] }).result).toEqual({ list: [1, null, null, 3] });
    expect(plain({ list: new Array(3) }).result).toEqual({ list: [null, null, null] });
  });

  test.each([
    ['a string', 'x'],
    ['a list', [1]],
    ['a number', 3],
    ['a function', () => 1],
  ])('makes an empty object of %s where an object belongs', (_, value) => {
    expect(plain(value)).toEqual({ result: {}, cuts: { unserialisable: 1 } });
  });

  test.each([undefined, null])('makes an empty object of %s', (value) => {
    expect(plain(value)).toEqual({ result: {}, cuts: {} });
  });
});

test('cutText leaves no half character', () => {
  const cuts: Counts<TrimReason> = {};
  expect(cutText('ab😀', 3, 'name', cuts)).toBe('ab');
  expect(cuts).toEqual({ name: 1 });
  expect(cutText('ab😀', 4, 'name', cuts)).toBe('ab😀');
});
