import { defineConfig, devices } from '@playwright/test';
import { ensureBrowser } from './ensure.mjs';

export default defineConfig({
  testDir: 'e2e',
  outputDir: '../test-results/e2e',
  reporter: 'list',
  timeout: 60_000,
  globalTimeout: 12 * 60_000,
  // A test that passes the second time has found something; we want to see it.
  retries: 0,
  workers: 2,
  forbidOnly: process.env.CI !== undefined,
  projects: [
    {
      name: 'chromium',
      use: {
        ...devices['Desktop Chrome'],
        launchOptions: {
          executablePath: await ensureBrowser(),
          // Playwright itself adds --no-sandbox, --no-first-run and the flags that stop background traffic.
          // A host that is not the machine's own, so that its pages are no secure context.
          args: ['--disable-gpu', '--disable-quic', '--host-resolver-rules=MAP plain-http.test 127.0.0.1'],
          // Playwright switches the back/forward cache off; we promise to work with it.
          ignoreDefaultArgs: ['--disable-back-forward-cache'],
        },
      },
    },
  ],
});
