/**
 * What a site's `map` returns, without keys that the vendor does not know: TypeScript itself looks for those only where a
 * return type is written down.
 */
export type Exact<Given, Known> = Given & { readonly [Unknown in Exclude<keyof Given, keyof Known>]: never };
