import { expect, test } from 'vitest';
import { trackDownloads } from '../../../src/auto/downloads.js';
import { trackEngagement } from '../../../src/auto/engagement.js';
import { trackForms } from '../../../src/auto/forms.js';
import { isOwn } from '../../../src/auto/links.js';
import { trackOutboundLinks } from '../../../src/auto/outbound-links.js';
import { readFile } from '../../../src/auto/read-file.js';
import { readProperties } from '../../../src/auto/read-properties.js';
import { toPercent } from '../../../src/auto/to-percent.js';
import { createTracker } from '../../../src/index.js';

const FILES = ['pdf|docx?|t?gz|mp[34]'];

test.each([
  ['/a/price-list.pdf', null, { file: 'price-list.pdf', extension: 'pdf' }],
  ['/a/PRICES.PDF', null, { file: 'PRICES.PDF', extension: 'pdf' }],
  ['/letter.doc', null, { file: 'letter.doc', extension: 'doc' }],
  ['/backup.tar.gz', null, { file: 'backup.tar.gz', extension: 'gz' }],
  ['/about', null, undefined],
  ['/', null, undefined],
  ['/pdf', null, undefined],
  ['/file.pdfx', null, undefined],
  ['/index.html', null, undefined],
  ['/about', '', { file: 'about', extension: '' }],
  ['/export', 'orders.csv', { file: 'orders.csv', extension: 'csv' }],
  ['', 'made-here.txt', { file: 'made-here.txt', extension: 'txt' }],
  ['', '', { file: '', extension: '' }],
])('the file of %j with download=%j', (path, given, file) => {
  expect(readFile(path, given, FILES)).toEqual(file);
});

test.each([
  ['shop.example', ['shop.example'], true],
  ['shop.example:8080', ['shop.example'], false],
  ['www.shop.example', ['shop.example'], false],
  ['www.shop.example', ['.shop.example'], true],
  ['eshop.example', ['shop.example'], false],
  ['eshop.example', ['.shop.example'], false],
  ['b.example', ['a.example', 'b.example'], true],
])('%s is one of %j: %j', (host, own, yes) => {
  expect(isOwn(host, own)).toBe(yes);
});

test('attributes beside the name become properties, named as in scripts', () => {
  const dataset = {
    track: 'Plan Chosen',
    trackPlan: 'team',
    trackPlanName: 'Team',
    trackX: '',
    testId: 't',
    tracker: 'x',
  };
  expect(readProperties(dataset)).toEqual({ plan: 'team', planName: 'Team', x: '' });
});

test.each([
  [0, 0, 100],
  [500, 1_000, 50],
  [999, 1_000, 100],
  [1_200, 1_000, 100],
  [1, 3, 33],
])('%j of %j is %j percent', (part, whole, percent) => {
  expect(toPercent(part, whole)).toBe(percent);
});

test('where there is no document nothing happens, and ends without harm', () => {
  const tracker = createTracker({ destinations: [] });
  for (const attach of [trackOutboundLinks, trackDownloads, trackForms, trackEngagement]) attach(tracker)();
});

test('a moment that does not exist is refused by name', () => {
  const tracker = createTracker({ destinations: [] });
  expect(() => trackEngagement(tracker, { sendWhen: 'closed' as 'left' })).toThrow(
    /sendWhen must be 'left' or 'hidden'/,
  );
});
