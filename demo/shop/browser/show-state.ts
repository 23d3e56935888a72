import { all, element, setText, show } from '../../shared/dom.js';
import { price } from '../catalogue.js';
import { type BasketLine, basketCents, basketCount, basketLines, removeFromBasket } from './basket.js';
import { currentCustomer } from './customer.js';

/** Writes basket and customer, which only the browser knows, into the page that the server sent. */
export function showState(): void {
  const count = basketCount();
  setText('basket-count', String(count));
  show('basket-count', count > 0);
  show('basket-empty', count === 0);
  show('basket-full', count > 0);

  const customer = currentCustomer();
  show('guest', !customer);
  show('known', !!customer);
  setText('customer-name', customer?.firstName ?? 'Sign in');
  setText('customer-email', customer?.email ?? '');

  for (const list of all('basket-lines')) list.replaceChildren(...basketLines().map(lineOf));
  for (const list of all('basket-sums')) list.replaceChildren(...basketLines().flatMap(sumOf), ...totalOf());
}

function lineOf({ product, count }: BasketLine): HTMLElement {
  const remove = element('button', { className: 'link', type: 'button' }, 'Remove');
  remove.setAttribute('aria-label', `Remove ${product.name}`);
  remove.addEventListener('click', () => {
    removeFromBasket(product.slug);
    showState();
  });
  return element(
    'li',
    {},
    element('img', { src: `/shop/pictures/${product.slug}.svg`, alt: '', width: 96, height: 72 }),
    element(
      'div',
      {},
      element('a', { href: `/shop/product/${product.slug}` }, product.name),
      element('span', { className: 'card-line' }, `${count} × ${price(product.cents)}`),
    ),
    remove,
  );
}

function sumOf({ product, count }: BasketLine): readonly HTMLElement[] {
  return [element('dt', {}, `${count} × ${product.name}`), element('dd', {}, price(product.cents * count))];
}

function totalOf(): readonly HTMLElement[] {
  return [element('dt', { className: 'total' }, 'Total'), element('dd', { className: 'total' }, price(basketCents()))];
}
