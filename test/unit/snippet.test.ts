import { runInNewContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { snippet, stub } from '../../src/snippet.js';

interface Page {
  tracklet?: ((...args: unknown[]) => void) & { q?: [number, ArrayLike<unknown>][] };
}

/** A page whose only script is the stub, run as often as it was pasted. */
function pageWith({ pasted = 1, page = {} as Page } = {}): Page {
  for (let times = 0; times < pasted; times++) runInNewContext(stub, { window: page, Date });
  return page;
}

describe('the inline stub', () => {
  test('is at most 400 bytes', () => {
    expect(new TextEncoder().encode(stub).length).toBeLessThanOrEqual(400);
  });

  test('notes each call with its time, in order', () => {
    vi.useFakeTimers({ now: 1_700_000_000_000 });
    const { tracklet } = pageWith();
    tracklet?.('track', 'Plan Chosen', { plan: 'team' });
    vi.advanceTimersByTime(250);
    tracklet?.('page');
    vi.useRealTimers();
    expect(tracklet?.q?.map(([time, args]) => [time, ...Array.from(args)])).toEqual([
      [1_700_000_000_000, 'track', 'Plan Chosen', { plan: 'team' }],
      [1_700_000_000_250, 'page'],
    ]);
  });

  test('keeps its notes when pasted twice', () => {
    const page = pageWith();
    page.tracklet?.('page');
    pageWith({ pasted: 2, page });
    expect(page.tracklet?.q).toHaveLength(1);
  });

  test('leaves a tracker that has loaded alone', () => {
    const loaded = () => {};
    expect(pageWith({ page: { tracklet: loaded } }).tracklet).toBe(loaded);
  });

  test('can be allowed by a strict Content-Security-Policy: it makes no code from strings, and no element', () => {
    expect(stub).not.toMatch(/eval|Function|document|innerHTML|</);
  });
});

describe('snippet()', () => {
  test('yields the stub and an async script tag', () => {
    expect(snippet({ src: '/tracklet.js', attributes: { 'data-klaviyo': 'ABC123' } })).toBe(
      `<script>${stub}</script>\n<script async src="/tracklet.js" data-klaviyo="ABC123"></script>`,
    );
  });

  test('puts the nonce on both tags', () => {
    expect(snippet({ src: '/t.js', nonce: 'r4nd0m' }).match(/<script[^>]* nonce="r4nd0m"/g)).toHaveLength(2);
  });

  test('escapes values', () => {
    expect(snippet({ src: '/t.js?a=1&b="<' })).toContain('src="/t.js?a=1&amp;b=&quot;&lt;"');
  });

  test.each(['', 'on load', 'x"', 'x>', '1x'])('refuses the attribute name %j', (name) => {
    expect(() => snippet({ src: '/t.js', attributes: { [name]: '' } })).toThrow(TypeError);
  });
});
