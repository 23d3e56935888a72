import type { Page } from '@playwright/test';

/**
 * One visitor's way through the shop, as quick as the pages are there. Every click leaves its page at once; only before
 * the last one the visitor waits until the view has `arrived`, for what a page says as it goes away nobody can hear.
 */
export async function walkThrough(page: Page, origin: string, arrived: (path: string) => Promise<void>): Promise<void> {
  const heading = (text: string | RegExp) => page.getByRole('heading', { level: 1, name: text }).waitFor();
  const click = (name: string | RegExp) => page.getByRole('link', { name }).first().click();
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();

  // In a task of its own, since the page may be gone before it could answer. Playwright's own waits for a `load` event,
  // which a page from the back/forward cache never has.
  const travel = (way: 'back' | 'forward') => page.evaluate((to) => void setTimeout(() => history[to]()), way);

  await page.goto(`${origin}/shop/?utm_source=newsletter&utm_campaign=autumn`);
  await page.getByRole('searchbox').fill('clay');
  await page.getByRole('searchbox').press('Enter');
  await heading(/for “clay”/);
  await click(/Hush mug/);
  await heading('Hush mug');
  await press('Add to basket');
  await heading('Your basket');
  await click('Slow Morning');
  await click(/Dawn teapot/);
  await heading('Dawn teapot');
  await press('Add to basket');
  await heading('Your basket');
  await travel('back');
  await heading('Dawn teapot');
  await travel('forward');
  await heading('Your basket');

  await click('Checkout');
  await heading('Checkout');
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  await heading('Sign in');
  await press('Sign in');
  await heading('Checkout');
  await press('Place the order');
  await heading(/Thank you/);

  await page.getByRole('main').getByRole('link', { name: 'Plan a gift' }).click();
  await heading('What goes in?');
  await page.getByText('Whole morning').click();
  await click('Next');
  await heading('How often?');
  await page.getByText('Every month').click();
  await click('Next');
  await heading('Something on top?');
  await travel('back');
  await heading('How often?');
  await travel('forward');
  await click('Next');
  await heading('Your gift');
  await click('Choose this plan');
  await heading('It is on its way');
  await arrived('/studio/done');
  await click('Back to the shop');
  await heading(/first quiet hour/);
}
