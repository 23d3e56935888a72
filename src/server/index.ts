// For the site's own servers, relays and build machines: adapters with their secrets, and the way to use them.
export type { ServerDestination } from '../adapters/adapter.js';
export type { Repair } from '../adapters/repairs.js';
export { type AirshipCredentials, type AirshipServerOptions, airshipServer } from './airship-server.js';
export { type CapillaryServerOptions, capillaryServer } from './capillary/capillary-server.js';
export type { DefinitionDifference } from './capillary/compare-definitions.js';
export type { CapillaryCredentials } from './capillary/credentials.js';
export {
  type DefineCapillaryOptions,
  type DefinitionOutcome,
  type DefinitionResult,
  defineCapillaryEvents,
} from './capillary/define-events.js';
export type {
  CapillaryDefinition,
  CapillaryField,
  CapillaryFieldAttribute,
  CapillaryFieldAttributes,
  CapillaryFieldType,
  DefinitionProblem,
} from './capillary/definition.js';
export { CredentialRefused } from './credential-refused.js';
export { type DeliverOptions, deliver } from './deliver.js';
export { type EmbeddablesServerOptions, embeddablesServer } from './embeddables-server.js';
export type { EventFate } from './event-fate.js';
export { type GainsightServerOptions, gainsightServer } from './gainsight-server.js';
export { type KlaviyoServerOptions, klaviyoServer } from './klaviyo.js';
export { createServerDestination, type ServerOptions } from './server-destination.js';
export { createToken, type Token } from './token.js';
