import type { Destination, DestinationOptions } from './adapter.js';
import { check } from './check.js';
import { createDestination } from './destination.js';
import { judgeStatus } from './judge-status.js';
import { post } from './post.js';

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
export function relay(options: RelayOptions = {} as RelayOptions): Destination {
  const { endpoint, deduplicates = false } = options;
  check('relay({ endpoint })', endpoint, "the address of your relay, such as '/t'");

  return createDestination(
    {
      name: 'relay',
      maxEvents: 100, // Enough for any backlog to drain quickly, little enough to try again.
      maxBytes: 1_000_000,
      deduplicates,
      accepts: () => 'ready',

      toRequest: (events, { now }) => post(endpoint, { sentAt: now, events }),

      judge(response, events) {
        const { kind, reason } = judgeStatus(response);
        if (kind !== 'split') return { kind, reason };
        const rejected = readRejected(response.body);
        const ids = events.map(({ id }) => id).filter((id) => rejected.includes(id));
        return ids.length ? { kind: 'drop', ids, reason } : { kind, reason };
      },
    },
    options,
  );
}

/** The ids in `{ rejected: [{ id, reason }] }`; none when it says anything else. */
function readRejected(body: string): readonly string[] {
  try {
    return (JSON.parse(body) as { rejected: { id: string }[] }).rejected.map(({ id }) => id);
  } catch {
    return [];
  }
}
