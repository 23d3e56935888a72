import { html } from '../../shared/html.js';
import { products, searchProducts } from '../catalogue.js';
import type { ShopPage } from './layout.js';
import { productCard } from './product-card.js';

export function search(query: string): ShopPage {
  const found = searchProducts(query);
  const count = found.length === 1 ? '1 thing' : `${found.length} things`;
  const body = html`<h1 data-search="${query}" data-results="${found.length}">${count} for “${query}”</h1>
<div class="cards">${found.map(productCard)}</div>
${
  found.length === 0 &&
  html`<p class="lead">Nothing by that name. Perhaps one of these?</p>
<div class="cards">${products.slice(0, 3).map(productCard)}</div>`
}`;
  return { kind: 'search', title: `Search: ${query}`, body, query };
}
