import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { vendorForms } from '../../docs/vendor-forms.js';
import { vendorPage } from '../../docs/vendor-page.js';
import * as server from '../../src/server/index.js';

describe('docs/vendors.md', () => {
  test('is what the adapters say; npm run docs writes it anew', () => {
    expect(readFileSync('docs/vendors.md', 'utf8')).toBe(vendorPage());
  });

  test('has every vendor that the package exports, for pages and for servers', () => {
    const { exports: subpaths } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: object };
    const forPages = Object.keys(subpaths).flatMap((subpath) => /^\.\/adapters\/([a-z]+)$/.exec(subpath)?.[1] ?? []);
    const forServers = Object.keys(server).filter((name) => name.endsWith('Server'));
    expect(vendorForms.map(({ factory }) => factory).sort()).toEqual([...forPages, ...forServers].sort());
  });
});
