export type { Redact } from './event/redaction.js';
export { type RedactionOptions, redaction } from './event/redaction-rules.js';
