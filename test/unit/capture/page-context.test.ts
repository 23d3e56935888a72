import { expect, test } from 'vitest';
import { readCampaign } from '../../../src/capture/page-context.js';

test.each([
  ['', undefined],
  ['?q=shoes&page=2', undefined],
  ['?utm_source=mail&utm_medium=email&utm_campaign=may', { source: 'mail', medium: 'email', campaign: 'may' }],
  ['?gclid=abc&fbclid=def&q=1', { gclid: 'abc', fbclid: 'def' }],
  ['?dclid=1&gbraid=2&wbraid=3&msclkid=4&_kx=5', { dclid: '1', gbraid: '2', wbraid: '3', msclkid: '4', _kx: '5' }],
  ['?utm_source=', undefined],
  ['?utm_=x&notgclid=y', undefined],
  [`?utm_source=${'x'.repeat(999)}`, { source: 'x'.repeat(255) }],
])('%s', (search, campaign) => {
  expect(readCampaign(search)).toEqual(campaign);
});
