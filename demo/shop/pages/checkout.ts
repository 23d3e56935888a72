import { html } from '../../shared/html.js';
import type { ShopPage } from './layout.js';

export function checkout(): ShopPage {
  const body = html`<h1>Checkout</h1>
<section class="two-columns">
  <form class="box form" method="post" action="/shop/order" data-order>
    <p class="note" data-guest hidden>
      You are a guest. <a href="/shop/account?back=checkout">Sign in</a> and the events that some vendors hold for an
      unknown visitor will be released.
    </p>
    <p class="note" data-known hidden>Signed in as <b data-customer-name></b>.</p>
    <label>Name <input name="name" autocomplete="name" value="Mia Winter" required></label>
    <label>Street <input name="street" autocomplete="street-address" value="Lindengasse 7" required></label>
    <div class="row">
      <label>Postcode <input name="zip" autocomplete="postal-code" value="1070" required></label>
      <label>City <input name="city" autocomplete="address-level2" value="Vienna" required></label>
    </div>
    <button class="button wide">Place the order</button>
    <p class="small">Nothing you type here is tracked or sent.</p>
  </form>
  <aside class="box">
    <h2>Your order</h2>
    <dl class="sums" data-basket-sums></dl>
  </aside>
</section>`;
  return { kind: 'checkout', title: 'Checkout', body };
}
