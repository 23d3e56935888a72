import { products } from '../shop/catalogue.js';

export interface Plan {
  readonly slug: string;
  readonly name: string;
  readonly line: string;
  readonly cents: number;
  readonly picture: string;
}

export const plans: readonly Plan[] = [
  { slug: 'leaf', name: 'Leaf', line: 'A tin of tea, and a card', cents: 1800, picture: 'tea-tin' },
  { slug: 'cup', name: 'Leaf & cup', line: 'The tea, and a Hush mug to drink it from', cents: 3400, picture: 'mug' },
  { slug: 'morning', name: 'Whole morning', line: 'Teapot, two mugs and tea', cents: 8900, picture: 'teapot' },
];

export const rhythms = [
  { slug: 'once', name: 'Just once', line: 'One parcel, on the day you choose' },
  { slug: 'season', name: 'Every season', line: 'Four parcels a year' },
  { slug: 'month', name: 'Every month', line: 'For people you miss a lot' },
] as const;

export const extras = products.filter(({ slug }) => slug === 'blanket' || slug === 'lamp');
