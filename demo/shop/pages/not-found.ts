import { html } from '../../shared/html.js';
import type { ShopPage } from './layout.js';

export function notFound(): ShopPage {
  const body = html`<h1>No such page</h1>
<p class="lead">It may have been sold out.</p>
<p><a class="button" href="/shop/">To the shop</a></p>`;
  return { kind: 'not-found', title: 'Not found', body };
}
