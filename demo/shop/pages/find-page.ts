import { findProduct } from '../catalogue.js';
import { account } from './account.js';
import { cart } from './cart.js';
import { checkout } from './checkout.js';
import { home } from './home.js';
import type { ShopPage } from './layout.js';
import { product } from './product.js';
import { search } from './search.js';
import { thanks } from './thanks.js';

/** The shop's page at a path; undefined when there is none. */
export function findPage(path: string, query: URLSearchParams): ShopPage | undefined {
  switch (path) {
    case '/shop/':
      return home();
    case '/shop/search':
      return search(query.get('q')?.trim().slice(0, 80) ?? '');
    case '/shop/cart':
      return cart();
    case '/shop/checkout':
      return checkout();
    case '/shop/account':
      return account();
    case '/shop/thanks':
      return thanks();
    default: {
      const found = findProduct(path.replace(/^\/shop\/product\//, ''));
      return found && product(found);
    }
  }
}
