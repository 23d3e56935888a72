import type { Adapter, RequestContext, ServerDestination } from '../adapters/adapter.js';
import { createServerDestination, type ServerOptions } from './server-destination.js';
import { createToken, type Token } from './token.js';

export interface TokenDestinationOptions extends ServerOptions {
  readonly fetchToken: () => Promise<Token>;
  readonly headersWith: (token: string) => Promise<Readonly<Record<string, string>>>;
  /** Statuses with which the vendor refuses a token. */
  readonly refusals: readonly number[];
}

/**
 * A destination with a token that is fetched and renewed. One that the vendor refuses before its end, as after a change of
 * the client, is fetched anew once; if the new one is refused too, the destination pauses, and whoever asks after that has
 * another. Several requests are on their way at once, so a refusal says something of the token its request began with only.
 */
export function createTokenDestination(
  adapter: Adapter,
  { fetchToken, headersWith, refusals, ...shared }: TokenDestinationOptions,
): ServerDestination {
  /** `isInstead` of a refused one, and has not been taken yet. */
  const issueToken = (isInstead: boolean) => ({ get: createToken(fetchToken), isInstead });
  let issue = issueToken(false);
  const issueOf = new WeakMap<RequestContext, typeof issue>();
  return createServerDestination(
    {
      ...adapter,
      toRequest(events, context) {
        issueOf.set(context, issue);
        return adapter.toRequest(events, context);
      },
      judge(response, events, context) {
        const verdict = adapter.judge(response, events, context);
        const its = issueOf.get(context) ?? issue;
        if (!refusals.includes(response.status)) {
          // A server that is unwell says nothing of the token.
          if (response.status < 500) its.isInstead = false;
          return verdict;
        }
        if (its === issue) issue = issueToken(true);
        return its.isInstead
          ? verdict
          : { kind: 'retry', reason: 'the token was refused; the next request has a new one', afterMs: 0 };
      },
    },
    async () => headersWith(await issue.get()),
    shared,
  );
}
