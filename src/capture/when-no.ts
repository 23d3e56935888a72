/**
 * Calls back at once, or when what keeps the page from its visitor ends: it was `prerendering`, or in a `hidden` tab.
 */
export function whenNo(obstacle: 'prerendering' | 'hidden', callback: () => void, signal: AbortSignal): void {
  const event = obstacle === 'hidden' ? 'visibilitychange' : 'prerenderingchange';
  if (document[obstacle as 'hidden']) document.addEventListener(event, callback, { once: true, signal });
  else callback();
}
