// Code that must compile, and code that must not. `tsc` reads this file; nothing runs it.
import { createTracker, type DropReason, type TrackerOptions } from '../../src/index.js';

type ShopEvents = {
  'Plan Chosen': { plan: string; seats?: number };
  'Cart Emptied': { items: number };
};

declare const options: TrackerOptions;
const shop = createTracker<ShopEvents>(options);
const untyped = createTracker(options);

shop.track('Plan Chosen', { plan: 'team' });
shop.track('Plan Chosen', { plan: 'team', seats: 3 }, { value: 49.5, currency: 'EUR' });
// @ts-expect-error: no such event
shop.track('Plan chosen', { plan: 'team' });
// @ts-expect-error: a wrong type
shop.track('Plan Chosen', { plan: 4 });
// @ts-expect-error: a property of another event
shop.track('Plan Chosen', { plan: 'team', items: 2 });
// @ts-expect-error: a property is missing
shop.track('Plan Chosen', {});
// @ts-expect-error: money is a number
shop.track('Cart Emptied', { items: 2 }, { value: '49.50' });

// @ts-expect-error: all properties are missing
shop.track('Plan Chosen');

/** Many style guides want interfaces. */
interface StudioEvents {
  'Gift Planned': { rhythm: string };
  'Studio Left': { after?: number };
}
const studio = createTracker<StudioEvents>(options);
studio.track('Gift Planned', { rhythm: 'monthly' });
studio.track('Studio Left');
// @ts-expect-error: a property is required
studio.track('Gift Planned');
// @ts-expect-error: properties are an object
createTracker<{ 'Plan Chosen': string }>(options);

// A site need not list its events.
untyped.track('Anything', { at: 'all' });
// @ts-expect-error: but an event has a name
untyped.track();
// @ts-expect-error: and its properties are an object
untyped.track('Anything', 'at all');

untyped.identify('u-42', { email: 'mia@example.org' });
// @ts-expect-error: ids are strings; a number would not be found again
untyped.identify(42);
// @ts-expect-error: traits are plain JSON
untyped.identify('u-42', { born: new Date() });

untyped.consent({ marketing: 'granted' }, { byDefault: true });
// @ts-expect-error: a list is no choice
untyped.consent(['granted']);

untyped.on('dropped', ({ reason }) => reason satisfies DropReason);
// @ts-expect-error: nothing is called that
untyped.on('lost', () => {});
// @ts-expect-error: not among the reasons
'lost' satisfies DropReason;

const { destinations } = options;
createTracker({ destinations, pageViews: 'hash', limits: { maxEvents: 10 } });
// @ts-expect-error: options are needed
createTracker();
// @ts-expect-error: it has to go somewhere
createTracker({});
// @ts-expect-error: not one of the modes
createTracker({ destinations, pageViews: true });
// @ts-expect-error: a misspelt option
createTracker({ destinations, pageview: 'off' });
// @ts-expect-error: properties are objects
createTracker<{ 'Plan Chosen': string }>(options);
