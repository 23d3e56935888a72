import type { Destination, DestinationOptions } from './adapter.js';
import { checkOptions, isRecord, isText } from './check-options.js';
import { createDestination } from './destination.js';
import { blame, judgeStatus, readJson } from './judge-status.js';

export interface RelayOptions extends DestinationOptions {
  /** Where the site's relay listens: `/t`. On the same origin it needs no CORS and no preflight. */
  endpoint: string;
  /** Whether the relay keeps one of several equal event ids, as one with an outbox does. Default false: not all do. */
  deduplicates?: boolean;
}

/**
 * The site's own relay, which has the secrets and speaks to the vendors. It gets `{ sentAt, events }`: the events as
 * they are, and the sender's clock at that moment in epoch ms, so that the relay can tell how wrong that clock is.
 * An answer `400 { rejected: [{ id, reason }] }` says that these events are at fault and that nothing was taken.
 * @throws TypeError when an option is wrong.
 */
export function relay(options: RelayOptions): Destination {
  const check = checkOptions('relay', options);
  const { endpoint, deduplicates = false } = options;
  check('endpoint', isText(endpoint), "the address of your relay, such as '/t'");
  check('deduplicates', typeof deduplicates === 'boolean', 'true or false');

  return createDestination(
    {
      name: 'relay',
      maxEvents: 100, // Enough for any backlog to drain quickly, little enough to try again.
      maxBytes: 1_000_000,
      deduplicates,
      accepts: () => 'ready',

      toRequest: (events, { now }) => ({
        url: endpoint,
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ sentAt: now, events }),
      }),

      judge(response, events) {
        const verdict = judgeStatus(response);
        const rejected = readJson(response.body, 'rejected');
        if (verdict.kind !== 'split' || !Array.isArray(rejected)) return verdict;
        const culprits = new Set(rejected.map((item: unknown) => isRecord(item) && item.id));
        const places = events.flatMap(({ id }, place) => (culprits.has(id) ? place : []));
        return blame(events, places, verdict.reason);
      },
    },
    options,
  );
}
