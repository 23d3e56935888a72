import { html, scriptLiteral } from '../shared/html.js';
import { footer } from '../shop/pages/layout.js';
import type { DestinationOptions } from '../tracker-options.js';

/** The one page of the single-page section; its routes are drawn in the browser. */
export function studioPage(destinations: DestinationOptions): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gift studio · Slow Morning</title>
<link rel="icon" href="/shop/pictures/icon.svg">
<link rel="stylesheet" href="/shop/shop.css">
<link rel="stylesheet" href="/shop/controls.css">
<link rel="stylesheet" href="/studio/studio.css">
<script id="destinations" type="application/json">${scriptLiteral(destinations)}</script>
<script defer src="/assets/studio.js"></script>
</head>
<body>
<header class="top">
  <a class="brand" href="/shop/"><img src="/shop/pictures/icon.svg" alt="" width="30" height="30">Slow Morning</a>
  <nav aria-label="Shop">
    <a href="/shop/">Shop</a>
    <a href="/shop/account">Account</a>
    <a href="/shop/cart">Basket</a>
  </nav>
</header>
<main id="studio"></main>
${footer}
</body>
</html>
`.text;
}
