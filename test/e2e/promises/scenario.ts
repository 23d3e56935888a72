import type { Engine, LaunchOptions, Power, Tab } from './engines/engine.js';
import type { Round } from './round.js';

/** A note of rounds that ask for it: 1 if the browser lost what a page put by hand, as many rows in the task of the events and after them. */
export const BARE_PUTS_LOST = 'bare puts lost';

export interface Scenario {
  /** Short name for the command line and the README's table. */
  readonly key: string;
  readonly title: string;
  readonly needs?: readonly Power[];
  /** Events of a round, where 20 would not show it. */
  readonly events?: number;
  /** Rounds, where one is as long as twenty others. */
  readonly rounds?: number;
  /** Why a vendor that counts each repeat may count one here: nobody could know what became of the request. */
  readonly ambiguous?: string;
  /** Why an engine loses events here whatever a page does; the row then reports how many. */
  readonly limits?: { readonly [engine in Engine['name']]?: string };
  /** Events per vendor that are to be dropped, and counted. */
  readonly drops?: number;
  /** Part of the selection that `npm test` runs. */
  readonly fast?: boolean;
  /** Longest time in ms for one round. */
  readonly patienceMs?: number;
  readonly launch?: Omit<LaunchOptions, 'profile'>;
  /** Memory only: what is not delivered when the page goes is lost, so nobody comes back for it. */
  readonly inMemory?: boolean;
  /**
   * Resolves to the tab in which everything shall settle; without one, that is a new tab. Then that tab is closed, and
   * one more visit shows whether anything comes again.
   */
  run(round: Round): Promise<Tab | undefined>;
}
