import { html } from '../shared/html.js';

/** The shop and its live view, side by side; on a phone one at a time. */
export function framePage(): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tracklet demo</title>
<link rel="icon" href="/shop/pictures/icon.svg">
<link rel="stylesheet" href="/frame/frame.css">
<script defer src="/assets/frame.js"></script>
</head>
<body data-shown="shop">
<iframe id="shop" src="/shop/" title="The shop"></iframe>
<iframe id="live" src="/live/" title="The live view"></iframe>
<nav aria-label="View">
  <button type="button" data-show="shop" aria-pressed="true">Shop</button>
  <button type="button" data-show="live" aria-pressed="false">Live view <b data-badge hidden></b></button>
</nav>
</body>
</html>
`.text;
}
