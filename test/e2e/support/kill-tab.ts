import type { Page } from '@playwright/test';

/**
 * Prepares to end the process of this page in the middle of whatever it does, as the system does when memory is short.
 * Killing it by its process id would need a guess, and a browser whose spare process is killed may never open a page.
 */
export async function prepareToKill(page: Page): Promise<() => Promise<unknown>> {
  // Attached beforehand, because a page that is busy cannot be attached to.
  const session = await page.context().newCDPSession(page);
  return () => {
    const crashed = page.waitForEvent('crash');
    // Crashes on the process's IO thread, so a busy page dies too. Who is dead does not answer.
    session.send('Page.crash').catch(() => undefined);
    return crashed;
  };
}
