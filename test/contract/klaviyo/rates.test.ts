import { describe, expect, it } from 'vitest';
import { startKlaviyo } from '../../../demo/vendors/klaviyo.js';
import { klaviyo } from '../../../src/adapters/klaviyo.js';
import { rateWaitMs } from '../../../src/delivery/rate-limit.js';
import { deliver } from '../../../src/server/deliver.js';
import { klaviyoServer } from '../../../src/server/klaviyo.js';
import { NOW, sampleEvent } from '../../unit/adapters/sample-event.js';
import { closedAfterEach } from '../vendors/exchange.js';

const opened = closedAfterEach();

/** What the stand-in answered to so many events, all within one second of its clock. */
async function inOneSecond(count: number, bulk: boolean) {
  const standIn = await opened(startKlaviyo({ now: () => NOW }));
  const events = Array.from({ length: count }, (_, index) =>
    sampleEvent({ id: `e-${index}`, visitor: { email: 'mia@example.org' } }),
  );
  const destination = klaviyoServer({ privateKey: 'pk_demo', endpoint: standIn.url, bulk });
  const fates = [...(await deliver(destination, events, { now: () => NOW })).values()];
  return {
    statuses: new Set(standIn.requests().map(({ status }) => status)),
    requests: standIn.requests().length,
    waiting: fates.filter(({ kind }) => kind === 'waiting'),
  };
}

describe('the rates of Klaviyo', () => {
  it('350 single events a second: the 351st is not sent, and waits for the next second', async () => {
    const { statuses, requests, waiting } = await inOneSecond(353, false);
    expect([...statuses]).toEqual([202]);
    expect(requests).toBe(350);
    expect(waiting).toEqual(
      Array(3).fill({ kind: 'waiting', reason: 'over the rate limit', unclear: false, retryAfterMs: 1_000 }),
    );
  }, 60_000);

  it('10 jobs a second: the eleventh is not sent', async () => {
    const { statuses, requests, waiting } = await inOneSecond(10_002, true);
    expect([...statuses]).toEqual([202]);
    expect([requests, waiting.length]).toEqual([10, 2]);
  }, 60_000);

  const page = klaviyo({ companyId: 'ABC123' }).adapter;
  const server = klaviyoServer({ privateKey: 'pk_1' }).adapter;
  it.each([
    ['a server’s 10 jobs a second', server, 10, 2, 1_000],
    ['a server’s 150 jobs a minute', server, 150, 2, 60_000],
    ['a server’s 350 events a second', server, 350, 1, 1_000],
    ['a server’s 3500 events a minute', server, 3_500, 1, 60_000],
    ['a page’s 10 bulks a second', page, 10, 2, 1_000],
    ['a page’s 150 bulks a minute', page, 150, 2, 60_000],
  ])('%s are used up by so many, and not by one less', (_, { rate = [] }, count, events, perMs) => {
    // Spread over the time, so that no shorter limit is met.
    const sent = Array.from({ length: count }, (_, index) => ({ at: (index * (perMs - 1)) / count, events }));
    expect(rateWaitMs(sent, rate, perMs - 1)).toBe(1);
    expect(rateWaitMs(sent.slice(1), rate, perMs - 1)).toBe(0);
  });
});
