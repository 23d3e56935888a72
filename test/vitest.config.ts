import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,contract}/**/*.test.ts'],
    restoreMocks: true,
    unstubGlobals: true,
    // Property tests run hundreds of cases, and CI machines are slow.
    testTimeout: 20_000,
  },
});
