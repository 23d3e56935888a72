import { type Problem, schemaCheck } from './json-schema.js';

/** What the definition API has declared of one attribute; the types are some of those in C-SET. */
export interface DeclaredAttribute {
  readonly type: 'customer' | 'string' | 'double';
  /** For `customer`: what kind of id it is. Kept for the reader; any non-empty text is taken. */
  readonly identifierType?: 'externalId' | 'email' | 'mobile';
  readonly required?: boolean;
  /** `isUniqueKeyField`: part of what deduplicates; must be required as well (C-SET). */
  readonly unique?: boolean;
}

/** Event name → attribute name → attribute. */
export type DeclaredEvents = Readonly<Record<string, Readonly<Record<string, DeclaredAttribute>>>>;

export interface CapillaryEvent {
  readonly event_name: string;
  readonly [attribute: string]: unknown;
}

export const MAX_EVENTS = 10; // C-SET, per organisation
const MAX_ATTRIBUTES = 20; // C-SET
const NAME = /^[A-Za-z0-9_]+$/;

/** Throws on a table that the definition API would refuse (C-SET). */
export function assertDeclarable(declared: DeclaredEvents): void {
  const events = Object.entries(declared);
  if (events.length > MAX_EVENTS) throw new RangeError(`${events.length} declared events, at most ${MAX_EVENTS}`);
  for (const [name, attributes] of events) {
    if (!NAME.test(name)) throw new RangeError(`event name ${name} is not letters, digits and _`);
    const list = Object.entries(attributes);
    if (list.length > MAX_ATTRIBUTES) throw new RangeError(`${name}: at most ${MAX_ATTRIBUTES} attributes`);
    if (!list.some(([, { type }]) => type === 'customer')) throw new RangeError(`${name}: no customer attribute`);
    for (const [attribute, { unique, required }] of list) {
      if (attribute.length > 50) throw new RangeError(`${name}.${attribute}: over 50 characters`);
      if (unique && !required) throw new RangeError(`${name}.${attribute}: unique but not required`);
    }
  }
}

/** `yyyy-MM-dd'T'HH:mm:ss`, the same with offset or Z, `yyyy-MM-dd HH:mm:ss` (C-SET, C-REF); no milliseconds. */
const EVENT_DATE_TIME =
  '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])(T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(Z|[+-]\\d{2}:\\d{2})?| ([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d)$';

const ATTRIBUTE_SCHEMAS = {
  customer: { type: 'string', minLength: 1 }, // anonymous events cannot be taken (C-SET)
  string: { type: 'string' },
  double: { type: 'number' },
};

/** One check per declared event: a flat object (C-REF post-event). */
export function eventChecks(declared: DeclaredEvents): Map<string, (value: unknown) => Problem | undefined> {
  const checks = Object.entries(declared).map(([name, attributes]) => {
    const list = Object.entries(attributes);
    const schema = {
      type: 'object',
      // What happens to an undeclared key is UNKNOWN; refused, because at best it is lost.
      additionalProperties: false,
      required: list
        .filter(([, { type, required }]) => required || type === 'customer')
        .map(([attribute]) => attribute),
      properties: {
        event_name: { const: name },
        eventDateTime: { type: 'string', pattern: EVENT_DATE_TIME },
        orgResolver: { type: 'string' },
        ...Object.fromEntries(list.map(([attribute, { type }]) => [attribute, ATTRIBUTE_SCHEMAS[type]])),
      },
    };
    return [name, schemaCheck(schema)] as const;
  });
  return new Map(checks);
}

/** What the vendor hashes to deduplicate: event name, customer and the unique attributes (C-SET). */
export function uniqueKey(event: CapillaryEvent, attributes: Readonly<Record<string, DeclaredAttribute>>): string {
  const parts = Object.entries(attributes).filter(([, { type, unique }]) => unique || type === 'customer');
  return JSON.stringify([event.event_name, ...parts.map(([name]) => [name, event[name]])]);
}
