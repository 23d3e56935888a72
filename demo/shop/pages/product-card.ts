import { type Html, html } from '../../shared/html.js';
import { type Product, price } from '../catalogue.js';

export function productCard(product: Product): Html {
  return html`<a class="card" href="/shop/product/${product.slug}">
  <img src="/shop/pictures/${product.slug}.svg" alt="" width="320" height="240">
  <span class="card-name">${product.name}</span>
  <span class="card-price">${price(product.cents)}</span>
  <span class="card-line">${product.line}</span>
</a>`;
}
