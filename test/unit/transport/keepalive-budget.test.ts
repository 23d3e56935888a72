import { expect, test } from 'vitest';
import {
  KEEPALIVE_BYTES,
  releaseKeepalive,
  reserveKeepalive,
  tryReserveKeepalive,
} from '../../../src/transport/keepalive-budget.js';

test('the pool gives no more than it has, and again what was given back', () => {
  expect(tryReserveKeepalive(KEEPALIVE_BYTES)).toBe(true);
  expect(tryReserveKeepalive(1)).toBe(false);
  releaseKeepalive(KEEPALIVE_BYTES);
  expect(tryReserveKeepalive(1)).toBe(true);
  releaseKeepalive(1);
});

test('who asks first is served first, and nobody at an exit overtakes who waits', async () => {
  const served: string[] = [];
  await reserveKeepalive(KEEPALIVE_BYTES - 10);
  const large = reserveKeepalive(100).then(() => served.push('large'));
  const small = reserveKeepalive(5).then(() => served.push('small'));
  expect(tryReserveKeepalive(5)).toBe(false);
  releaseKeepalive(50);
  await Promise.resolve();
  expect(served).toEqual([]);
  releaseKeepalive(KEEPALIVE_BYTES - 60);
  await Promise.all([large, small]);
  expect(served).toEqual(['large', 'small']);
  releaseKeepalive(105);
  expect(tryReserveKeepalive(KEEPALIVE_BYTES)).toBe(true);
  releaseKeepalive(KEEPALIVE_BYTES);
});
