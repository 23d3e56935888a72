// Code that must compile, and code that must not. `tsc` reads this file; nothing runs it.
import { capillary } from '../../src/adapters/capillary.js';
import { klaviyo } from '../../src/adapters/klaviyo.js';
import { klaviyoMap } from '../../src/adapters/klaviyo-map.js';
import { relay } from '../../src/adapters/relay.js';
import { createTracker, type Verdict } from '../../src/index.js';
import {
  capillaryServer,
  createServerDestination,
  defineCapillaryEvents,
  klaviyoServer,
} from '../../src/server/index.js';

createTracker({ destinations: [klaviyo({ companyId: 'ABC123' }), relay({ endpoint: '/t' })] });
klaviyo({ companyId: 'ABC123', filter: (event) => event.type !== 'page', rename: { 'Plan Chosen': 'Chose Plan' } });
klaviyo({ companyId: 'ABC123', headers: async () => ({ authorization: 'short-lived' }) });

// @ts-expect-error: Klaviyo needs to know whose account
klaviyo({});
// @ts-expect-error: header values are strings
klaviyo({ companyId: 'ABC123', headers: { 'x-count': 1 } });
// @ts-expect-error: a filter says yes or no
klaviyo({ companyId: 'ABC123', filter: () => 'page' });
// @ts-expect-error: a name is renamed to a name
klaviyo({ companyId: 'ABC123', rename: { 'Plan Chosen': 3 } });
// @ts-expect-error: a function that was not called is no destination
createTracker({ destinations: [klaviyo] });

const onServer = createServerDestination(relay({ endpoint: 'https://collector.example/t' }).adapter, {
  authorization: 'Bearer secret',
});
// @ts-expect-error: what has a secret never gets into a page
createTracker({ destinations: [onServer] });

const declared = { endpoint: '/proxy/capillary', events: { plan_chosen: ['plan'] } } as const;
capillary({ ...declared, attributes: { plan: 'properties.plan', city: ({ visitor }) => visitor.traits?.city } });
capillary({ endpoint: '/p', events: { plan_chosen: { amount: { type: 'double', required: true } } } });
// @ts-expect-error: a token is a secret
capillary({ ...declared, token: 'jwt' });
// @ts-expect-error: nothing of the event is there
capillary({ ...declared, attributes: { plan: 'propreties.plan' } });
// @ts-expect-error: no such type
capillary({ endpoint: '/p', events: { plan_chosen: { amount: { type: 'float' } } } });
// @ts-expect-error: key without secret
capillaryServer({ ...declared, endpoint: 'https://x.example/webhooks/1', key: 'k' });
// @ts-expect-error: what takes a secret never gets into a page
createTracker({ destinations: [capillaryServer({ ...declared, token: 'jwt' })] });
// @ts-expect-error: a token, or key and secret
defineCapillaryEvents({ endpoint: 'https://eu.api.capillarytech.com', events: [], token: 't', key: 'k', secret: 's' });

// @ts-expect-error: a lost event names its reason
({ kind: 'drop', ids: ['a'] }) satisfies Verdict;
// @ts-expect-error: not a verdict
({ kind: 'ignored' }) satisfies Verdict;

klaviyo({ companyId: 'ABC123', map: klaviyoMap(({ properties }) => ({ properties: { $extra: properties } })) });
klaviyoServer({ privateKey: 'pk_1', map: klaviyoMap(() => ({ profile: { location: { city: 'Graz' } } })) });
klaviyoServer({ accessToken: async () => ({ value: 'a', expiresAt: 1 }) });
// @ts-expect-error: the browser form takes no secret
klaviyo({ companyId: 'ABC123', privateKey: 'pk_1' });
// @ts-expect-error: the server form is for no page
createTracker({ destinations: [klaviyoServer({ privateKey: 'pk_1' })] });
// @ts-expect-error: it has a secret, of one kind
klaviyoServer({ endpoint: 'https://proxy.example' });
// @ts-expect-error: and not of both
klaviyoServer({ privateKey: 'pk_1', accessToken: async () => ({ value: 'a', expiresAt: 1 }) });
// @ts-expect-error: not a field of Klaviyo's
klaviyoMap(() => ({ profile: { phone: '+4366412345678' } }));
// @ts-expect-error: a function that maps is not yet a map
klaviyo({ companyId: 'ABC123', map: () => ({ backfill: true }) });
// @ts-expect-error: not a field of Klaviyo's, beside one that is
klaviyoMap(() => ({ value: 2, valueCurrency: 'EUR' }));
klaviyoMap(({ value = 0 }) => ({ value: value * 2, profile: { first_name: 'Mia' } }));
