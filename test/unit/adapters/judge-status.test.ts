import { expect, it, describe as suite } from 'vitest';
import { blame, describe, judgeStatus, readJson } from '../../../src/adapters/judge-status.js';
import { answer, sampleEvent } from './sample-event.js';

suite('judgeStatus', () => {
  it.each([
    ['delivered', [200, 201, 202, 204]],
    ['retry', [0, 408, 425, 429, 500, 502, 503, 504, 524, 598, 599]],
    ['pause', [301, 401, 402, 403, 404, 405, 406, 407, 410, 415]],
    ['split', [400, 409, 413, 422, 431]],
  ])('is %s for %j', (kind, statuses) => {
    expect(statuses.map((status) => judgeStatus(answer(status)).kind)).toEqual(statuses.map(() => kind));
  });

  it('does not take a web page for a vendor’s yes', () => {
    expect(judgeStatus(answer(200, '\n<!doctype html><title>Shop</title>')).kind).toBe('retry');
  });

  it('passes on the server’s words, cut', () => {
    expect(judgeStatus(answer(403, 'Forbidden'))).toEqual({ kind: 'pause', reason: 'HTTP 403 Forbidden' });
    expect(describe(answer(400, 'x'.repeat(999)))).toHaveLength(200);
  });
});

suite('blame', () => {
  const events = ['a', 'b', 'c'].map((id) => sampleEvent({ id }));

  it('drops the events at the places', () => {
    expect(blame(events, [2, 0], 'why')).toEqual({ kind: 'drop', ids: ['a', 'c'], reason: 'why' });
  });

  it.each([[[]], [[3]], [[-1]], [[Number.NaN]]])('splits when %j names nobody', (places) => {
    expect(blame(events, places, 'why')).toEqual({ kind: 'split', reason: 'why' });
  });
});

suite('readJson', () => {
  it('reads a place in a text', () => {
    expect(readJson('{"status":{"code":1100}}', 'status', 'code')).toBe(1100);
  });

  it.each(['', 'Forbidden', '<html>', 'null', '7', '[]', '{"status":null}'])('is undefined in %j', (text) => {
    expect(readJson(text, 'status', 'code')).toBeUndefined();
  });
});
