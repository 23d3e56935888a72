import { isRecord, readAt } from '../read-json.js';
import type { CapillaryDefinition, CapillaryField } from './definition.js';

/** One place where Capillary has something else than the definition says. */
export interface DefinitionDifference {
  /** Like `fields.amount.type` or `actions`. */
  readonly path: string;
  /** As the definition has it; undefined when it has no such field. */
  readonly here: string | undefined;
  /** As Capillary has it. */
  readonly there: string | undefined;
}

/** What Capillary fills in where a definition says nothing (C-OLD, and the samples of C-REF get-org-all-events). */
const DEFAULTS: { readonly [attribute: string]: string } = {
  isRequired: 'true',
  isUniqueKeyField: 'false',
  isPsiData: 'false',
  addCustomerIfNotExists: 'false',
};
const CUSTOMER_DEFAULTS = { ...DEFAULTS, identifierType: 'mobile' };

/**
 * Where an event at Capillary is not what the definition says. `existing` is the `clickEventsMeta` of its answer, in which
 * types are upper case and left-out attributes are filled in. What a definition leaves open (its description, where a
 * customer comes from) is not compared; what decides of an occurrence is, by Capillary's defaults: the four yes-or-no
 * attributes, the customer's identifier, and a regex.
 */
export function compareDefinitions(definition: CapillaryDefinition, existing: unknown): DefinitionDifference[] {
  const differences: DefinitionDifference[] = [];
  const compare = (path: string, here: string | undefined, there: string | undefined) => {
    if (here?.toLowerCase() !== there?.toLowerCase()) differences.push({ path, here, there });
  };
  compare('actions', sorted(definition.actions), sorted(readAt(existing, 'actions')));
  if (definition.description !== undefined && definition.description !== readAt(existing, 'description')) {
    const there = text(readAt(existing, 'description'));
    differences.push({ path: 'description', here: definition.description, there });
  }
  const list = readAt(existing, 'fields');
  const fields = new Map((Array.isArray(list) ? list : []).filter(isRecord).map((field) => [field.name, field]));
  for (const field of definition.fields) {
    const its = fields.get(field.name);
    fields.delete(field.name);
    compare(`fields.${field.name}.type`, field.type, text(its?.type));
    if (its) compareAttributes(field, its, compare);
  }
  for (const [name, { type }] of fields) compare(`fields.${name}.type`, undefined, text(type));
  return differences;
}

function compareAttributes(
  { name, type, attributes = {} }: CapillaryField,
  existing: unknown,
  compare: (path: string, here: string | undefined, there: string | undefined) => void,
): void {
  const defaults: { readonly [attribute: string]: string } = type === 'customer' ? CUSTOMER_DEFAULTS : DEFAULTS;
  for (const attribute of new Set([...Object.keys(attributes), ...Object.keys(defaults), 'regex'])) {
    const here = text(readAt(attributes, attribute, 'value')) || defaults[attribute];
    const there = text(readAt(existing, 'attributes', attribute, 'value')) || defaults[attribute];
    compare(`fields.${name}.${attribute}`, here, there);
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const sorted = (list: unknown): string => (Array.isArray(list) ? [...list].sort().join(', ') : '');
