/** Every element with this data attribute: `all('basket-count')` finds `[data-basket-count]`. */
export function all(name: string): readonly HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`[data-${name}]`)];
}

export function setText(name: string, text: string): void {
  for (const element of all(name)) element.textContent = text;
}

export function show(name: string, visible: boolean): void {
  for (const element of all(name)) element.hidden = !visible;
}

/** Builds an element; strings become text, never markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}
