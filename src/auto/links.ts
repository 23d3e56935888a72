import type { Listen } from './attach.js';

/** The elements that a click went through, from the innermost outwards, open shadow roots included. */
export const elementsOf = (event: Event): Element[] =>
  event.composedPath().filter((node): node is Element => node instanceof Element);

/** Of any namespace, because in older drawings it is `xlink:href` that leads somewhere. */
export const linkAmong = (elements: readonly Element[]): Element | undefined =>
  elements.find((element) => element.matches('a[*|href], area[href]'));

/** Calls back when a link is opened by a click, by the keyboard, or in a new tab by the middle button. */
export function watchLinks(listen: Listen, onOpen: (link: Element, url: URL) => void): void {
  const onClick = (event: MouseEvent) => {
    const link = event.button < 2 && linkAmong(elementsOf(event));
    // Not `link.href`, which is an object in SVG.
    const url = link && parse(link.getAttribute('href') ?? link.getAttribute('xlink:href') ?? '');
    if (url) onOpen(link, url);
  };
  listen('click', onClick);
  listen('auxclick', onClick);
}

/** Where it leads, without query and fragment, in which secrets travel. */
export const withoutQuery = ({ origin, pathname }: URL): string => origin + pathname;

export const isWeb = ({ protocol }: URL): boolean => /^https?:$/.test(protocol);

/** Undefined for the page's own mistakes, which lead nowhere. */
export function parse(address: string): URL | undefined {
  try {
    return new URL(address, document.baseURI);
  } catch {
    return undefined;
  }
}

/** Whether a host is one of those, where `.example.org` stands for all that end so. Pure. */
export const isOwn = (host: string, own: readonly string[]): boolean =>
  own.some((known) => host === known || (known[0] === '.' && host.endsWith(known)));
