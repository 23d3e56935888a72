import { html } from '../../shared/html.js';
import type { ShopPage } from './layout.js';

export function account(): ShopPage {
  const body = html`<section class="narrow" data-guest hidden>
  <h1>Sign in</h1>
  <p class="lead">Any name will do. Airship and Capillary cannot take events of a visitor without one: what has been held for
  them leaves as soon as you sign in.</p>
  <form class="box form" data-sign-in>
    <label>First name <input name="first_name" autocomplete="given-name" value="Mia" required></label>
    <label>Email <input name="email" type="email" autocomplete="email" value="mia@example.org" required></label>
    <label>Phone, if you like <input name="phone" type="tel" autocomplete="tel" value="+4915112345678"
      pattern="\\+[1-9][0-9]{6,14}" title="With country code, digits only: +4915112345678"></label>
    <button class="button wide">Sign in</button>
  </form>
</section>
<section class="narrow" data-known hidden>
  <h1>Hello, <span data-customer-name></span></h1>
  <p class="lead">You are signed in as <b data-customer-email></b>.</p>
  <form data-sign-out><button class="button quiet">Sign out</button></form>
  <p class="small">Signing out makes you a new, unknown visitor. What is queued keeps the old name.</p>
</section>`;
  return { kind: 'account', title: 'Account', body };
}
