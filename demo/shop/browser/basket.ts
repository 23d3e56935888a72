import { findProduct, type Product } from '../catalogue.js';

const KEY = 'shop.basket';

export interface BasketLine {
  readonly product: Product;
  readonly count: number;
}

export function basketLines(): readonly BasketLine[] {
  return Object.entries(read()).flatMap(([slug, count]) => {
    const product = findProduct(slug);
    return product ? [{ product, count }] : [];
  });
}

export function basketCents(): number {
  return basketLines().reduce((sum, { product, count }) => sum + product.cents * count, 0);
}

export function basketCount(): number {
  return basketLines().reduce((sum, { count }) => sum + count, 0);
}

export function addToBasket(slug: string): void {
  const basket = read();
  write({ ...basket, [slug]: (basket[slug] ?? 0) + 1 });
}

export function removeFromBasket(slug: string): void {
  const { [slug]: _removed, ...rest } = read();
  write(rest);
}

export function emptyBasket(): void {
  localStorage.removeItem(KEY);
}

function read(): Record<string, number> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, number>;
  } catch {
    return {}; // damaged by hand: an empty basket is the kindest reading
  }
}

function write(basket: Record<string, number>): void {
  localStorage.setItem(KEY, JSON.stringify(basket));
}
