import type { Problem } from './json-schema.js';
import { isRecord } from './vendor-rules.js';

const NINETY_DAYS_MS = 90 * 24 * 60 * 60 * 1_000;
const MAX_STRING_CHARS = 255; // A-DOC, A-SK
const MAX_PROPERTIES = 100; // A-JAVA
const MAX_PROPERTIES_BYTES = 65_536; // A-AND

export interface AirshipEvent {
  readonly occurred?: string;
  readonly body: {
    readonly name: string;
    readonly value?: number;
    readonly unique_id?: string;
    readonly properties?: Readonly<Record<string, unknown>>;
  };
}

/** Pointers are relative to the event. */
export function airshipEventProblem(event: AirshipEvent, now: number): Problem | undefined {
  return (
    occurredProblem(event.occurred, now) ?? valueProblem(event.body.value) ?? propertiesProblem(event.body.properties)
  );
}

/** Within the last 90 days and not in the future (A-SK). */
function occurredProblem(occurred: string | undefined, now: number): Problem | undefined {
  if (occurred === undefined) return undefined;
  const ms = Date.parse(`${occurred.replace(' ', 'T').replace('Z', '')}Z`);
  const pointer = '/occurred';
  if (Number.isNaN(ms)) return { pointer, message: 'occurred is no date' };
  if (ms > now) return { pointer, message: 'occurred is in the future' };
  return ms < now - NINETY_DAYS_MS ? { pointer, message: 'occurred is more than 90 days ago' } : undefined;
}

/** Six decimals, fixed (A-DOC). */
function valueProblem(value: number | undefined): Problem | undefined {
  if (value === undefined || Number(value.toFixed(6)) === value) return undefined;
  return { pointer: '/body/value', message: 'value has more than 6 decimals' };
}

function propertiesProblem(properties: Readonly<Record<string, unknown>> | undefined): Problem | undefined {
  if (properties === undefined) return undefined;
  const pointer = '/body/properties';
  if (Object.keys(properties).length > MAX_PROPERTIES) {
    return { pointer, message: `more than ${MAX_PROPERTIES} properties` };
  }
  if (Buffer.byteLength(JSON.stringify(properties)) > MAX_PROPERTIES_BYTES) {
    return { pointer, message: `properties over ${MAX_PROPERTIES_BYTES} bytes` };
  }
  return longString(properties, pointer);
}

/** Nested objects and arrays are fine (SEED), long strings in them are not. */
function longString(value: unknown, pointer: string): Problem | undefined {
  if (typeof value === 'string') {
    return value.length > MAX_STRING_CHARS
      ? { pointer, message: `string over ${MAX_STRING_CHARS} characters` }
      : undefined;
  }
  if (!Array.isArray(value) && !isRecord(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const problem = longString(inner, `${pointer}/${key}`);
    if (problem) return problem;
  }
  return undefined;
}
