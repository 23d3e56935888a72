// Code that must compile, and code that must not. `tsc` reads this file; nothing runs it.
import { type AirshipUser, airship } from '../../src/adapters/airship.js';
import { capillary } from '../../src/adapters/capillary.js';
import { embeddables } from '../../src/adapters/embeddables.js';
import { gainsight } from '../../src/adapters/gainsight.js';
import { klaviyo } from '../../src/adapters/klaviyo.js';
import { relay } from '../../src/adapters/relay.js';
import { createTracker } from '../../src/index.js';
import {
  airshipServer,
  capillaryServer,
  createServerDestination,
  embeddablesServer,
  gainsightServer,
} from '../../src/server/index.js';

airship({ appKey: 'app', endpoint: '/proxy/airship', map: (fields) => ({ ...fields, user: { web_channel: 'uuid' } }) });
gainsight({ propertyKey: 'AP-1', endpoint: '/proxy/gainsight', map: (fields) => ({ ...fields, userType: 'LEAD' }) });
// @ts-expect-error: a page has no way to Airship but the site's own server
airship({ appKey: 'app' });
// @ts-expect-error: a secret never gets into a page
airship({ appKey: 'app', endpoint: '/proxy/airship', token: 'secret' });
// @ts-expect-error: a secret never gets into a page
gainsight({ propertyKey: 'AP-1', endpoint: '/proxy/gainsight', apiKey: 'secret' });
// @ts-expect-error: a secret never gets into a page
embeddables({ projectId: 'pr_1', embeddableId: 'flow_1', endpoint: '/proxy/embeddables', apiKey: 'rk_secret' });
// @ts-expect-error: what has a secret never gets into a page
createTracker({ destinations: [airshipServer({ appKey: 'app', token: 'secret' })] });
// @ts-expect-error: a token, or what one is fetched with
airshipServer({ appKey: 'app', token: 'secret', clientId: 'id', clientSecret: 'secret' });
// @ts-expect-error: Airship takes one way to say who it is
airship({ appKey: 'app', endpoint: '/p', map: (fields) => ({ ...fields, user: { email: 'mia@example.org' } }) });
// @ts-expect-error: a kind of user that PX does not have
gainsight({ propertyKey: 'AP-1', endpoint: '/p', map: (fields) => ({ ...fields, userType: 'ANONYMOUS' }) });
airshipServer({ appKey: 'app', token: 'secret', channels: { ios_channel: 'phone', web_channel: 'browser' } });
// @ts-expect-error: no such kind of channel
airshipServer({ appKey: 'app', token: 'secret', channels: { mail_channel: 'mail' } });
// @ts-expect-error: Airship takes one way, not two at once
({ named_user_id: 'u-42', channel: 'uuid' }) satisfies AirshipUser;

const [app, px] = [
  { appKey: 'app', endpoint: '/p' },
  { propertyKey: 'AP-1', endpoint: '/p' },
];
const flow = { projectId: 'pr_1', embeddableId: 'flow_1', endpoint: '/p' };
airship({ ...app, map: ({ properties, ...fields }) => ({ ...fields, properties, transaction: 'o-1' }) });
airship({ ...app, map: (fields) => fields });
airship({ ...app, map: ({ properties }) => ({ properties }) });
embeddables({ ...flow, map: (fields) => ({ ...fields, custom_event_props: {} }) });
// @ts-expect-error: not a field of Airship's
airship({ ...app, map: (fields) => ({ ...fields, transaktion: 'o-1' }) });
// @ts-expect-error: nor on a server
airshipServer({ appKey: 'app', token: 'secret', map: (fields) => ({ ...fields, name: 'x' }) });
// @ts-expect-error: not a field of PX's
gainsight({ ...px, map: (fields) => ({ ...fields, accountID: 'acme' }) });
// @ts-expect-error: nor on a server
gainsightServer({ propertyKey: 'AP-1', apiKey: 'secret', map: (fields) => ({ ...fields, eventName: 'x' }) });
embeddables({ ...flow, map: (fields, { properties }) => ({ ...fields, custom_event_props: properties }) });
// @ts-expect-error: metrics are numbers
embeddables({ ...flow, map: (its) => ({ ...its, custom_event_props: { payload_metrics: { a: 'x' } } }) });
// @ts-expect-error: not a field of Embeddables'
embeddables({ ...flow, map: (fields) => ({ ...fields, identifier: [] }) });
// @ts-expect-error: nor on a server
embeddablesServer({ projectId: 'pr_1', embeddableId: 'f_1', apiKey: 'rk_1', map: (its) => ({ ...its, props: {} }) });

// What was written elsewhere may have more keys than it needs; secrets are still none of a page's.
const keyed = { endpoint: '/p', companyId: 'ABC123', events: { plan_chosen: ['plan'] } };
const withToken = { ...app, ...px, ...flow, ...keyed, token: 'secret' };
// @ts-expect-error: a secret never gets into a page
airship(withToken);
// @ts-expect-error: nor this one, whoever else takes it
klaviyo(withToken);
// @ts-expect-error: nor to the site's own relay
relay(withToken);
const oauth = { ...app, clientId: 'id', clientSecret: 'secret' };
// @ts-expect-error: what a token is fetched with is a secret
airship(oauth);
const capillaryClient = { ...keyed, key: 'key', secret: 'secret' };
// @ts-expect-error: of Capillary too
capillary(capillaryClient);
const privately = { ...keyed, privateKey: 'pk_1' };
// @ts-expect-error: the private key is for servers
klaviyo(privately);
const oauthKlaviyo = { ...keyed, accessToken: async () => ({ value: 'a', expiresAt: 1 }) };
// @ts-expect-error: and so is what opens the account
klaviyo(oauthKlaviyo);
const restricted = { ...px, ...flow, apiKey: 'rk_secret' };
// @ts-expect-error: a secret never gets into a page
embeddables(restricted);
// @ts-expect-error: nor this one
gainsight(restricted);

relay({ endpoint: '/t', headers: { 'X-Shop': 'one' } });
const plainHeaders: Record<string, string> = { 'X-Shop': 'one' };
relay({ endpoint: '/t', headers: plainHeaders });
relay({ endpoint: '/t', headers: async () => ({ Authorization: 'short-lived' }) });
const fixed = { Authorization: 'Bearer secret' };
// @ts-expect-error: fixed, it is the same secret for every visitor
relay({ endpoint: '/t', headers: fixed });
// @ts-expect-error: however it is spelt
airship({ ...app, headers: { authorization: 'Bearer secret' } });
// @ts-expect-error: PX's
gainsight({ ...px, headers: { 'X-APTRINSIC-API-KEY': 'secret' } });
// @ts-expect-error: Embeddables'
embeddables({ ...flow, headers: { 'X-Api-Key': 'rk_secret' } });
// @ts-expect-error: Capillary's
capillary({ ...keyed, headers: { 'X-CAP-API-OAUTH-TOKEN': 'jwt' } });
// Servers may: a webhook with Basic.
capillaryServer({ ...keyed, endpoint: 'https://x.example/webhooks/1', headers: { Authorization: 'Basic …' } });
createServerDestination(relay({ endpoint: 'https://collector.example/t' }).adapter, { Authorization: 'Bearer secret' });
