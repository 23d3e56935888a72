/** The modules of Capillary that get the event: loyalty, vouchers and messages; or Essential Insights. */
export const ACTIONS = ['EMFConsumer', 'EIConsumer'] as const;

/** What a field holds. Capillary's own screens have more (enum, date, integer, Boolean), its API these. */
export const FIELD_TYPES = [
  'tillCode',
  'couponCode',
  'customer',
  'productSku',
  'productBrand',
  'productCategory',
  'string',
  'double',
] as const;

/** What identifies the customer. */
export const IDENTIFIER_TYPES = [
  'userId',
  'mobile',
  'email',
  'externalId',
  'wechat',
  'martjackId',
  'cuid',
  'fbid',
  'unionId',
  'fcmToken',
  'line',
  'cardnumber',
  'cardExternalId',
] as const;

export type CapillaryFieldType = (typeof FIELD_TYPES)[number];

/** The value is always text, `"true"` too. `valueType` is BOOLEAN, ENUM or STRING, in any case of letters. */
export interface CapillaryFieldAttribute {
  readonly valueType: string;
  readonly value: string;
}

/** What Capillary knows of a field besides its type. */
export interface CapillaryFieldAttributes {
  /** Occurrences without it are refused. Capillary's default is `"true"`. */
  readonly isRequired?: CapillaryFieldAttribute;
  /** Part of what makes an occurrence a repeat, beside event name and customer. Has to be required. */
  readonly isUniqueKeyField?: CapillaryFieldAttribute;
  /** Protected sensitive information. Not for the customer. */
  readonly isPsiData?: CapillaryFieldAttribute;
  /** Registers customers whom the loyalty program does not know. For the customer only. */
  readonly addCustomerIfNotExists?: CapillaryFieldAttribute;
  /** For the customer only; Capillary's default is `mobile`. */
  readonly identifierType?: CapillaryFieldAttribute;
  /** Where a new customer comes from, like `INSTORE`. For the customer only. */
  readonly source?: CapillaryFieldAttribute;
  /** The account at that source. For the customer only. */
  readonly accountId?: CapillaryFieldAttribute;
  /** For texts and coupon codes only. */
  readonly regex?: CapillaryFieldAttribute;
}

export interface CapillaryField {
  /** 50 characters at most; the key of an occurrence that carries the value. */
  readonly name: string;
  readonly type: CapillaryFieldType;
  readonly attributes?: CapillaryFieldAttributes;
}

/** The body of Create Event, `POST /v2/events`: docs.capillarytech.com, reference, create-event-custom. */
export interface CapillaryDefinition {
  /** Letters, digits and `_`; `__` is what Capillary's own screen makes of a blank (C-SET). */
  readonly eventName: string;
  readonly actions: readonly (typeof ACTIONS)[number][];
  readonly description?: string;
  /** 20 at most, one of them the customer. */
  readonly fields: readonly CapillaryField[];
}

/** One rule that a definition breaks. */
export interface DefinitionProblem {
  /** Where in the list of definitions: `[0].fields[2].type`. */
  readonly path: string;
  /** Empty when it has none that can be read. */
  readonly event: string;
  /** The field's name, where it is about one. */
  readonly field?: string;
  /** The code with which Capillary refuses it, where its documentation names one. */
  readonly code?: 1802 | 1806 | 1810 | 1811 | 1823;
  readonly rule: string;
  readonly fix: string;
}
