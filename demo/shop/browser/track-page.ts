import { all } from '../../shared/dom.js';
import { CURRENCY, findProduct } from '../catalogue.js';
import { basketCents, basketCount } from './basket.js';
import { scriptTag } from './script-tag.js';

/** The event that belongs to opening this page, beside the page view that the tracker sends by itself. */
export function trackPage(): void {
  const track = scriptTag();
  const total = { value: basketCents() / 100, currency: CURRENCY };
  switch (document.body.dataset.page) {
    case 'product': {
      const shown = findProduct(all('add')[0]?.dataset.add ?? '');
      if (shown) track('track', 'Product Viewed', { product: shown.slug, price: shown.cents / 100 });
      break;
    }
    case 'search': {
      const { search = '', results = '0' } = all('search')[0]?.dataset ?? {};
      track('track', 'Search Performed', { query: search, results: Number(results) });
      break;
    }
    case 'cart':
      track('track', 'Cart Viewed', { items: basketCount() });
      break;
    case 'checkout':
      if (basketCount() > 0) track('track', 'Checkout Started', { items: basketCount() }, total);
      break;
    default:
  }
}
