import type { DeclaredAttribute, DeclaredEvents } from './capillary-definitions.js';

/** What the demo and the end-to-end tests configure on both sides. Made up; opens nothing anywhere. */
export const demoCredentials = {
  klaviyo: { companyId: 'DEMO01' },
  klaviyoServer: { privateKey: 'pk_demo' },
  airship: { appKey: 'demo-app-key-000000001', token: 'demo-airship-token' },
  gainsight: { apiKey: 'demo-gainsight-api-key', propertyKey: 'AP-DEMO-2' },
  embeddables: { projectId: 'pr_demo', embeddableId: 'flow_demo', apiKey: 'rk_demo' },
  capillary: {
    webhookPath: '/webhooks/demo',
    token: 'demo-capillary-token',
    key: 'demo-capillary-key',
    secret: 'demo-capillary-secret',
  },
  collector: { path: '/t' },
} as const;

/** The keys of the demo embeddable's User Data. */
export const demoEntryKeys: readonly string[] = ['email', 'user_id', 'anonymous_id', 'phone'];

const demoAttributes: Readonly<Record<string, DeclaredAttribute>> = {
  customer_id: { type: 'customer', identifierType: 'externalId', required: true },
  event_id: { type: 'string', required: true, unique: true },
  amount: { type: 'double' },
  currency: { type: 'string' },
  product: { type: 'string' },
  page_url: { type: 'string' },
  session_id: { type: 'string' },
};

/** Nine of the ten custom events that Capillary allows (C-SET). */
export const demoCapillaryEvents: DeclaredEvents = {
  page_view: demoAttributes,
  product_viewed: demoAttributes,
  product_added: demoAttributes,
  cart_viewed: demoAttributes,
  checkout_started: demoAttributes,
  order_completed: demoAttributes,
  signed_in: demoAttributes,
  plan_chosen: demoAttributes,
  search_performed: demoAttributes,
};
