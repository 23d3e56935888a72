import { snippet } from 'tracklet/snippet';
import { Html, html, scriptLiteral } from '../../shared/html.js';
import type { DestinationOptions } from '../../tracker-options.js';

export interface ShopPage {
  /** Which page it is, for the shop's script. */
  readonly kind: string;
  readonly title: string;
  readonly body: Html;
  /** What the search field shows. */
  readonly query?: string;
}

/** The frame of every shop page: the tracker first of all, then what the visitor sees. */
export function layout({ kind, title, body, query }: ShopPage, destinations: DestinationOptions): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Slow Morning</title>
${new Html(snippet({ src: '/tracklet.js' }))}
<script src="/assets/announce.js"></script>
<script>tracklet('init', ${scriptLiteral({ destinations, debug: true })});</script>
<link rel="icon" href="/shop/pictures/icon.svg">
<link rel="stylesheet" href="/shop/shop.css">
<link rel="stylesheet" href="/shop/controls.css">
<link rel="stylesheet" href="/shop/pages.css">
<link rel="stylesheet" href="/shop/basket.css">
<script defer src="/assets/shop.js"></script>
</head>
<body data-page="${kind}">
${header(query)}
<main>
${body}
</main>
${footer}
</body>
</html>
`.text;
}

function header(query = ''): Html {
  return html`<header class="top">
  <a class="brand" href="/shop/"><img src="/shop/pictures/icon.svg" alt="" width="30" height="30">Slow Morning</a>
  <form class="search" action="/shop/search" role="search">
    <input type="search" name="q" value="${query}" placeholder="Search the shop" aria-label="Search the shop" required>
  </form>
  <nav aria-label="Shop">
    <a href="/studio/">Gift studio</a>
    <a href="/shop/account"><span data-customer-name>Sign in</span></a>
    <a class="to-basket" href="/shop/cart">Basket <b data-basket-count hidden>0</b></a>
  </nav>
</header>`;
}

export const footer = html`<footer class="bottom">
  <p>A demonstration shop. Nothing is sold, and nothing leaves this machine.</p>
</footer>`;
