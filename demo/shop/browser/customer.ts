const KEY = 'shop.customer';

export interface Customer {
  readonly id: string;
  readonly firstName: string;
  readonly email: string;
}

export function currentCustomer(): Customer | undefined {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? 'null') as Customer | null) ?? undefined;
  } catch {
    return undefined;
  }
}

export function rememberCustomer(customer: Customer): void {
  localStorage.setItem(KEY, JSON.stringify(customer));
}

export function forgetCustomer(): void {
  localStorage.removeItem(KEY);
}
