import type { Page } from '@playwright/test';
import type { Stats } from '../../../src/api.js';
import './window.js';

/** Tracks the numbered events `first` to `last` in one task. */
export const trackNumbers = (page: Page, first: number, last: number): Promise<void> =>
  page.evaluate(
    ([from, to]) => {
      for (let number = from; number <= to; number++) window.tracker.track('Plan Chosen', { product: `p-${number}` });
    },
    [first, last] as const,
  );

export const statsOf = (page: Page): Promise<Stats> => page.evaluate(() => window.tracker.stats());

/** Events that wait, over all destinations. */
export const waitingIn = async (page: Page): Promise<number> =>
  Object.values((await statsOf(page)).destinations).reduce((sum, { waiting }) => sum + waiting, 0);

/** What the tracker of this page told under a name. */
export const toldIn = (page: Page, name: string): Promise<{ [key: string]: unknown }[]> =>
  page.evaluate((wanted) => window.told.filter(([told]) => told === wanted).map(([, detail]) => detail), name);
