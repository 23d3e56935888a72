import { html } from '../../shared/html.js';
import type { ShopPage } from './layout.js';

export function thanks(): ShopPage {
  const body = html`<section class="hero">
  <div>
    <p class="kicker">Order placed</p>
    <h1>Thank you. Sleep well.</h1>
    <p>Your things are being wrapped. The order was tracked while the checkout page was leaving; the live view shows where
    it is by now.</p>
    <p class="actions">
      <a class="button" href="/shop/">Back to the shop</a>
      <a class="button quiet" href="/studio/">Plan a gift</a>
    </p>
  </div>
  <img src="/shop/pictures/morning.svg" alt="" width="560" height="360">
</section>`;
  return { kind: 'thanks', title: 'Thank you', body };
}
