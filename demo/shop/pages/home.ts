import { html } from '../../shared/html.js';
import { products } from '../catalogue.js';
import type { ShopPage } from './layout.js';
import { productCard } from './product-card.js';

export function home(): ShopPage {
  const body = html`<section class="hero">
  <div>
    <h1>Good things for the first quiet hour</h1>
    <p>Pots, cups, wool and light from small workshops. Made to be used every day, and to outlast most of them.</p>
    <p class="actions">
      <a class="button" href="#everything">See everything</a>
      <a class="button quiet" href="/studio/">Plan a gift</a>
    </p>
  </div>
  <img src="/shop/pictures/morning.svg" alt="Sunrise behind hills, a cup on the window sill" width="560" height="360">
</section>
<h2 id="everything">Everything we have</h2>
<div class="cards">${products.map(productCard)}</div>`;
  return { kind: 'home', title: 'Home', body };
}
