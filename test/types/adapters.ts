// Code that must compile, and code that must not. `tsc` reads this file; nothing runs it.
import { klaviyo } from '../../src/adapters/klaviyo.js';
import { relay } from '../../src/adapters/relay.js';
import { createTracker, type Verdict } from '../../src/index.js';

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

// @ts-expect-error: a lost event names its reason
({ kind: 'drop', ids: ['a'] }) satisfies Verdict;
// @ts-expect-error: not a verdict
({ kind: 'ignored' }) satisfies Verdict;
