import { all } from '../../shared/dom.js';
import { CURRENCY, findProduct } from '../catalogue.js';
import { addToBasket, basketCents, basketCount, emptyBasket } from './basket.js';
import { forgetCustomer, rememberCustomer } from './customer.js';
import { scriptTag } from './script-tag.js';

function onSubmit(name: string, act: (form: HTMLFormElement, event: SubmitEvent) => void): void {
  for (const form of all(name)) {
    form.addEventListener('submit', (event) => act(form as HTMLFormElement, event as SubmitEvent));
  }
}

/**
 * What the visitor does. Nothing here waits for the tracker: the browser leaves for the next page in the same moment,
 * and the event has to survive that.
 */
export function listenToForms(): void {
  onSubmit('add', (form) => {
    const product = findProduct(form.dataset.add ?? '');
    if (!product) return;
    addToBasket(product.slug);
    scriptTag()('track', 'Product Added', { product: product.slug, price: product.cents / 100 });
  });

  onSubmit('order', (_form, event) => {
    if (basketCount() === 0) {
      event.preventDefault();
      location.assign('/shop/cart');
      return;
    }
    const order = `SM-${Date.now().toString(36).toUpperCase()}`;
    const total = { value: basketCents() / 100, currency: CURRENCY };
    scriptTag()('track', 'Order Completed', { order, items: basketCount() }, total);
    emptyBasket();
  });

  onSubmit('sign-in', (form, event) => {
    event.preventDefault();
    const fields = new FormData(form);
    const [firstName, email, phone] = ['first_name', 'email', 'phone'].map((name) => String(fields.get(name) ?? ''));
    if (!firstName || !email) return;
    // An address is no good id: ids end up in URLs and logs.
    const id = `u-${firstName.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
    rememberCustomer({ id, firstName, email });
    scriptTag()('identify', id, { email, first_name: firstName, ...(phone && { phone }) });
    scriptTag()('track', 'Signed In', { method: 'form' });
    location.assign(new URLSearchParams(location.search).get('back') === 'checkout' ? '/shop/checkout' : '/shop/');
  });

  onSubmit('sign-out', (_form, event) => {
    event.preventDefault();
    forgetCustomer();
    scriptTag()('reset');
    location.assign('/shop/');
  });
}
