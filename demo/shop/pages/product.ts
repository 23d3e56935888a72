import { html } from '../../shared/html.js';
import { type Product, price, products } from '../catalogue.js';
import type { ShopPage } from './layout.js';
import { productCard } from './product-card.js';

export function product(shown: Product): ShopPage {
  const others = products.filter(({ slug }) => slug !== shown.slug).slice(0, 3);
  const body = html`<article class="product">
  <img src="/shop/pictures/${shown.slug}.svg" alt="" width="640" height="480">
  <div>
    <p class="kicker">${shown.kind}</p>
    <h1>${shown.name}</h1>
    <p class="card-line">${shown.line}</p>
    <p class="price">${price(shown.cents)}</p>
    <p>${shown.story}</p>
    <form action="/shop/cart" data-add="${shown.slug}">
      <button class="button">Add to basket</button>
    </form>
    <p class="small">Adding takes you to the basket at once: the event is tracked while the page is already leaving.</p>
  </div>
</article>
<h2>Goes well with</h2>
<div class="cards">${others.map(productCard)}</div>`;
  return { kind: 'product', title: shown.name, body };
}
