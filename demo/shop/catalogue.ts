/** What the shop sells. One list for the pages on the server and for the scripts in the browser. */
export interface Product {
  readonly slug: string;
  readonly name: string;
  readonly line: string;
  readonly story: string;
  /** In cents: sums of money are never added up in fractions. */
  readonly cents: number;
  readonly kind: 'tableware' | 'textiles' | 'light' | 'tea';
}

export const CURRENCY = 'EUR';

export const products: readonly Product[] = [
  {
    slug: 'teapot',
    name: 'Dawn teapot',
    line: 'Stoneware, 0.9 litres',
    story: 'Thrown by hand and glazed in the green of wet moss. It holds four cups, and keeps the last one warm.',
    cents: 4800,
    kind: 'tableware',
  },
  {
    slug: 'mug',
    name: 'Hush mug',
    line: 'Speckled clay, 300 ml',
    story:
      'Thick walls, a thumb-sized handle, and a rim thin enough to forget. Dishwasher-proof, like all good things.',
    cents: 1650,
    kind: 'tableware',
  },
  {
    slug: 'dripper',
    name: 'Drift dripper',
    line: 'Porcelain, with glass jug',
    story: 'A slow spiral of ridges gives the water time. Three minutes of quiet before the first message arrives.',
    cents: 3200,
    kind: 'tableware',
  },
  {
    slug: 'blanket',
    name: 'Fold blanket',
    line: 'Lambswool, 130 × 180 cm',
    story: 'Woven in a mill that has done nothing else since 1911. Heavy enough to keep you on the sofa.',
    cents: 8900,
    kind: 'textiles',
  },
  {
    slug: 'lamp',
    name: 'Ember lamp',
    line: 'Paper and brass, dimmable',
    story: 'Light the colour of the last ten minutes of a fire. For mornings that start before the sun does.',
    cents: 6400,
    kind: 'light',
  },
  {
    slug: 'tea-tin',
    name: 'Second flush',
    line: 'Loose leaf tea, 100 g',
    story: 'Picked in June, when the leaves have had time to think. Malt, honey, and a little apricot skin.',
    cents: 1290,
    kind: 'tea',
  },
];

export function findProduct(slug: string): Product | undefined {
  return products.find((product) => product.slug === slug);
}

/** Every word of the query has to occur somewhere in the product's text. */
export function searchProducts(query: string): readonly Product[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return products.filter((product) => {
    const text = `${product.name} ${product.line} ${product.kind} ${product.story}`.toLowerCase();
    return words.length > 0 && words.every((word) => text.includes(word));
  });
}

const format = new Intl.NumberFormat('en-IE', { style: 'currency', currency: CURRENCY });

export function price(cents: number): string {
  return format.format(cents / 100);
}
