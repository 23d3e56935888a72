import { html } from '../../shared/html.js';
import type { ShopPage } from './layout.js';

/** The basket lives in the browser, so the page is filled in there. */
export function cart(): ShopPage {
  const body = html`<h1>Your basket</h1>
<section data-basket-empty hidden>
  <p class="lead">There is nothing in it yet.</p>
  <p><a class="button" href="/shop/">Look around</a></p>
</section>
<section class="two-columns" data-basket-full hidden>
  <ul class="lines" data-basket-lines></ul>
  <aside class="box">
    <h2>Total</h2>
    <dl class="sums" data-basket-sums></dl>
    <a class="button wide" href="/shop/checkout">Checkout</a>
    <p class="small">Shipping is on us for everything here.</p>
  </aside>
</section>`;
  return { kind: 'cart', title: 'Basket', body };
}
