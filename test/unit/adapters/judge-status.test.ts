import { describe, expect, it } from 'vitest';
import { judgeStatus } from '../../../src/adapters/judge-status.js';
import { answer } from './sample-event.js';

describe('judgeStatus', () => {
  it.each([
    ['delivered', [200, 201, 202, 204]],
    ['retry', [408, 425, 429, 500, 502, 503, 504, 524, 598, 599]],
    ['pause', [301, 401, 402, 403, 404, 405, 406, 407, 410, 415]],
    ['split', [400, 409, 413, 422, 431]],
  ])('is %s for %j', (kind, statuses) => {
    expect(statuses.map((status) => judgeStatus(answer(status)).kind)).toEqual(statuses.map(() => kind));
  });

  it('does not take a web page for a vendor’s yes', () => {
    expect(judgeStatus(answer(200, '\n<!doctype html><title>Shop</title>')).kind).toBe('retry');
    expect(judgeStatus(answer(200, '{"body":"<b>"}')).kind).toBe('delivered');
  });

  it('is not misled by numbers in the body', () => {
    expect(judgeStatus(answer(400, '503 429 200')).kind).toBe('split');
  });

  it('passes on the server’s words, cut', () => {
    expect(judgeStatus(answer(403, 'Forbidden'))).toEqual({ kind: 'pause', reason: '403 Forbidden' });
    expect(judgeStatus(answer(400, 'x'.repeat(999))).reason).toHaveLength(200);
  });
});
