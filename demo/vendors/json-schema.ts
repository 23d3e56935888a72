import { Ajv, type AnySchema, type ErrorObject } from 'ajv';
import addFormatsModule from 'ajv-formats';

/** What is wrong with a body, and where. */
export interface Problem {
  /** JSON pointer into the body: `/data/attributes/metric`; empty for the body itself. */
  readonly pointer: string;
  readonly message: string;
}

// Strict, so that a misspelt keyword in a schema is an error and not a rule that never bites.
const ajv = new Ajv({ strict: true, allowUnionTypes: true });
// TypeScript sees the CommonJS module object here, not the function that it also is.
addFormatsModule.default(ajv);

/** Compiles a schema into a check that returns the first problem, or undefined. */
export function schemaCheck(schema: AnySchema): (value: unknown) => Problem | undefined {
  const validate = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return undefined;
    const error = validate.errors?.[0];
    return error ? toProblem(error) : { pointer: '', message: 'is not valid' };
  };
}

function toProblem(error: ErrorObject): Problem {
  const { missingProperty, additionalProperty, allowedValue, allowedValues } = error.params;
  if (error.keyword === 'required') {
    return { pointer: `${error.instancePath}/${missingProperty}`, message: `${missingProperty} is missing` };
  }
  if (error.keyword === 'additionalProperties') {
    return {
      pointer: `${error.instancePath}/${additionalProperty}`,
      message: `${additionalProperty} is not a known field`,
    };
  }
  const field = error.instancePath.split('/').pop() || 'body';
  const allowed = allowedValue ?? allowedValues;
  const hint = allowed === undefined ? '' : `: ${JSON.stringify(allowed)}`;
  return { pointer: error.instancePath, message: `${field} ${error.message ?? 'is not valid'}${hint}` };
}
