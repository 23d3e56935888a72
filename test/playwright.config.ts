import { defineConfig, devices } from '@playwright/test';
import { ensureBrowser } from './ensure.mjs';

// Stands in for Playwright's own list, of which it repeats what matters here.
const FEATURES_OFF = [
  ...['HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable', 'PaintHolding', 'MediaRouter', 'LensOverlay', 'AimEnabled'],
  ...['OptimizationHints', 'NetworkTimeServiceQuerying', 'DestroyProfileOnBrowserClose'],
  // Pages of the browser's own that each window loads, and so each test: with them, a third of the time goes there.
  ...['WebUIOmniboxPopup', 'WebUIOmniboxFullPopup', 'WebUIOmniboxAimPopup'],
];

export default defineConfig({
  testDir: 'e2e',
  outputDir: '../test-results/e2e',
  reporter: 'list',
  timeout: 60_000,
  globalTimeout: 14 * 60_000,
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
          args: [
            ...['--disable-gpu', '--disable-quic', '--host-resolver-rules=MAP plain-http.test 127.0.0.1'],
            `--disable-features=${FEATURES_OFF.join()}`,
          ],
          // Playwright switches the back/forward cache off; we promise to work with it.
          ignoreDefaultArgs: ['--disable-back-forward-cache'],
        },
      },
    },
  ],
});
