/**
 * The inline part of the script tag: makes `window.tracklet` a function that notes each call with its time, until the
 * script has loaded and takes the notes over. Does nothing where `tracklet` exists already, so it may be pasted twice.
 * It never changes between calls, so a site with a Content-Security-Policy can allow it by hash.
 */
export const stub: string =
  '(function(w,n){w[n]||((w[n]=function(){w[n].q.push([Date.now(),arguments])}).q=[])})(window,"tracklet")';

export interface SnippetOptions {
  /** Where the site serves `tracklet.js`. */
  src: string;
  /** Options of the script tag: `{ 'data-klaviyo': 'ABC123' }`. */
  attributes?: Readonly<Record<string, string>>;
  /** The page's Content-Security-Policy nonce; set on both tags. */
  nonce?: string;
}

/** The HTML to paste into `<head>`. Throws a `TypeError` for an attribute name that HTML does not allow. */
export function snippet({ src, attributes = {}, nonce }: SnippetOptions): string {
  const nonceAttribute = nonce === undefined ? '' : attribute('nonce', nonce);
  const others = Object.entries(attributes).map(([name, value]) => attribute(name, value));
  return `<script${nonceAttribute}>${stub}</script>
<script async${attribute('src', src)}${nonceAttribute}${others.join('')}></script>`;
}

function attribute(name: string, value: string): string {
  if (!/^[a-z][a-z0-9-]*$/i.test(name)) throw new TypeError(`tracklet: not an attribute name: ${name}`);
  return ` ${name}="${value.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;')}"`;
}
