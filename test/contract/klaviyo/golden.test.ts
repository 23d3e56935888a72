import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NOW } from '../../unit/adapters/sample-event.js';
import { vendor } from './vendor.js';

const folder = join(import.meta.dirname, '../golden/klaviyo');
const goldens = readdirSync(folder).map((file) => ({ file, ...JSON.parse(readFileSync(join(folder, file), 'utf8')) }));
const requests = goldens.filter(({ request }) => request);

test.each(requests)('Klaviyo takes the request of $file', ({ form, options, request }) => {
  // The flat body was taken while its revision lived.
  const { status } = vendor(options.format === 'legacy' ? Date.UTC(2024, 0) : NOW);
  const secret = form === 'server' ? { Authorization: 'Klaviyo-API-Key pk_demo' } : undefined;
  const body = { ...request.body };
  if (options.format === 'legacy') body.data.attributes.time = '2023-08-01T10:15:30Z';
  expect(status({ ...request, body: JSON.stringify(body) }, secret)).toBeOneOf([200, 201, 202]);
});
