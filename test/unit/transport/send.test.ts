import { afterEach, expect, test, vi } from 'vitest';
import { send } from '../../../src/transport/send.js';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const request = { url: '/vendor', method: 'POST', headers: {}, body: '{}' } as const;

test('a failure of the network is told only a moment later, to a page that outlives it', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  let outcome: unknown;
  const sending = send(request, true, 1_000).then((its) => (outcome = its));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(outcome).toBeUndefined();
  expect(await sending).toEqual({ failure: 'network' });
});

test('a request that fails shortly before its time is up failed by the network', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  expect(await send(request, true, 10)).toEqual({ failure: 'network' });
});

test('a page that is hidden meanwhile may be about to end, and believes it a second later', async () => {
  vi.useFakeTimers();
  const page = { hidden: false };
  vi.stubGlobal('document', page);
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  let outcome: unknown;
  void send(request, true, 10_000).then((its) => (outcome = its));
  await vi.advanceTimersByTimeAsync(50);
  page.hidden = true;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(outcome).toBeUndefined();
  await vi.advanceTimersByTimeAsync(100);
  expect(outcome).toEqual({ failure: 'network' });
});

test('a request that never ends, not even aborted, is over when its time is', async () => {
  vi.stubGlobal('fetch', () => new Promise(() => {}));
  expect(await send(request, true, 10)).toEqual({ failure: 'timeout' });
});
