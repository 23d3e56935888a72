import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { version } from '../../src/lib/version.js';

test('events state the version that is published', () => {
  expect(version).toBe(packageJson.version);
});
