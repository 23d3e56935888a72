import type { Adapter } from '../src/adapters/adapter.js';
import { airship } from '../src/adapters/airship.js';
import { capillary } from '../src/adapters/capillary.js';
import { embeddables } from '../src/adapters/embeddables.js';
import { gainsight } from '../src/adapters/gainsight.js';
import { klaviyo } from '../src/adapters/klaviyo.js';
import { relay } from '../src/adapters/relay.js';
import {
  airshipServer,
  capillaryServer,
  embeddablesServer,
  gainsightServer,
  klaviyoServer,
} from '../src/server/index.js';

/** One way to send to one vendor, with options that nothing is behind. */
export interface VendorForm {
  /** The function that a site calls. */
  readonly factory: string;
  readonly runs: 'page' | 'server';
  /** A new one for each question: some remember what they were answered. */
  readonly adapter: () => Adapter;
  /** Answers worth asking about beside the empty one, by what a reader would call them. */
  readonly bodies: Readonly<Record<string, string>>;
}

/** Answers that any server on the way may give. */
const ANY = { 'plain text': 'Unauthorized', 'a web page': '<!doctype html><title>Log in</title>', '`{}`': '{}' };

const capillaryEvents = { plan_chosen: ['plan'] };
const embeddablesIds = { projectId: 'pr_1', embeddableId: 'flow_1' };

const klaviyoBodies = {
  ...ANY,
  'a pointer to one event': '{"errors":[{"source":{"pointer":"/data/attributes/events/data/1/attributes/time"}}]}',
  '`company_id` named': '{"errors":[{"source":{"parameter":"company_id"}}]}',
};
const klaviyoServerBodies = {
  ...ANY,
  'a pointer to one event':
    '{"errors":[{"source":{"pointer":"/data/attributes/events-bulk-create/data/1/attributes/events/data/0/attributes/time"}}]}',
};
const airshipBodies = {
  ...ANY,
  '`ok: true`': '{"ok":true,"operationId":"o-1"}',
  '`ok: false`': '{"ok":false,"error":"no"}',
  'a path to one event': '{"ok":false,"details":{"path":"[1].body.name"}}',
};
const embeddablesBodies = { ...ANY, 'the entry is not there': '{"error":{"code":"ENTRY_NOT_FOUND"}}' };
const capillaryBodies = {
  ...ANY,
  'code 1100': '{"status":{"code":1100,"message":"queued"},"requestId":"r-1"}',
  'another code': '{"status":{"code":1802,"message":"no"},"requestId":"r-1"}',
};
const relayBodies = {
  ...ANY,
  'rejected ids': '{"rejected":[{"id":"evt-1","reason":"no"}]}',
};

/** Every vendor and the relay, as pages and servers send to them; a test compares with what the package exports. */
export const vendorForms: readonly VendorForm[] = [
  { factory: 'klaviyo', runs: 'page', adapter: () => klaviyo({ companyId: 'ABC123' }).adapter, bodies: klaviyoBodies },
  {
    factory: 'klaviyoServer',
    runs: 'server',
    adapter: () => klaviyoServer({ privateKey: 'pk_1' }).adapter,
    bodies: klaviyoServerBodies,
  },
  {
    factory: 'airship',
    runs: 'page',
    adapter: () => airship({ appKey: 'a', endpoint: '/proxy/airship' }).adapter,
    bodies: airshipBodies,
  },
  {
    factory: 'airshipServer',
    runs: 'server',
    adapter: () => airshipServer({ appKey: 'a', clientId: 'c', clientSecret: 's' }).adapter,
    bodies: airshipBodies,
  },
  {
    factory: 'embeddables',
    runs: 'page',
    adapter: () => embeddables({ ...embeddablesIds, endpoint: '/proxy/embeddables' }).adapter,
    bodies: embeddablesBodies,
  },
  {
    factory: 'embeddablesServer',
    runs: 'server',
    adapter: () => embeddablesServer({ ...embeddablesIds, apiKey: 'rk_1' }).adapter,
    bodies: embeddablesBodies,
  },
  {
    factory: 'gainsight',
    runs: 'page',
    adapter: () => gainsight({ propertyKey: 'AP-1', endpoint: '/proxy/gainsight' }).adapter,
    bodies: ANY,
  },
  {
    factory: 'gainsightServer',
    runs: 'server',
    adapter: () => gainsightServer({ propertyKey: 'AP-1', apiKey: 'k' }).adapter,
    bodies: ANY,
  },
  {
    factory: 'capillary',
    runs: 'page',
    adapter: () => capillary({ endpoint: '/proxy/capillary', events: capillaryEvents }).adapter,
    bodies: capillaryBodies,
  },
  {
    factory: 'capillaryServer',
    runs: 'server',
    adapter: () =>
      capillaryServer({
        endpoint: 'https://hooks.example/webhooks/1',
        tokenEndpoint: 'https://eu.api.capillarytech.com',
        key: 'k',
        secret: 's',
        events: capillaryEvents,
      }).adapter,
    bodies: capillaryBodies,
  },
  { factory: 'relay', runs: 'page', adapter: () => relay({ endpoint: '/t' }).adapter, bodies: relayBodies },
];
