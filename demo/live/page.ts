import { html } from '../shared/html.js';

/** The empty live view; live.ts fills it. It asks the second port, see server/start-demo.ts. */
export function livePage(controlOrigin: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Live view · tracklet demo</title>
<link rel="icon" href="/shop/pictures/icon.svg">
<link rel="stylesheet" href="/live/live.css">
<link rel="stylesheet" href="/live/vendors.css">
<link rel="stylesheet" href="/live/events.css">
<script defer src="/assets/live.js"></script>
</head>
<body data-control="${controlOrigin}">
<header>
  <div>
    <h1>Live view</h1>
    <p data-connection>connecting …</p>
  </div>
  <button type="button" data-offline aria-pressed="false">Go offline</button>
  <button type="button" data-reset>Reset everything</button>
</header>
<main>
<section aria-label="Vendors">
  <div class="heads" aria-hidden="true">
    <span></span><span>waiting</span><span>held</span><span>delivered</span><span>retried</span><span>dropped</span><span
      title="What the vendor itself has">arrived</span>
  </div>
  <div data-vendors></div>
</section>
<section class="events" aria-label="Events">
  <h2>Events, newest first</h2>
  <ul class="legend" data-legend></ul>
  <div class="matrix" data-matrix></div>
  <p class="empty" data-empty>Nothing yet. Click around in the shop.</p>
</section>
</main>
</body>
</html>
`.text;
}
