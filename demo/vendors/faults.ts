import { schemaCheck } from './json-schema.js';
import type { Fault } from './stand-in.js';

const times = { type: 'integer', minimum: 1 };

const shapes = [
  { properties: { kind: { const: 'none' } }, required: ['kind'] },
  {
    properties: {
      kind: {
        enum: ['error500', 'hang', 'reset', 'reset-after-accept', 'gateway-timeout', 'unauthorised', 'too-large'],
      },
      times,
    },
    required: ['kind'],
  },
  {
    properties: { kind: { const: 'rate-limited' }, retryAfter: { type: ['number', 'string'] }, times },
    required: ['kind', 'retryAfter'],
  },
  {
    properties: { kind: { const: 'slow' }, delayMs: { type: 'integer', minimum: 0 }, times },
    required: ['kind', 'delayMs'],
  },
];

const checks = shapes.map((shape) => schemaCheck({ type: 'object', additionalProperties: false, ...shape }));

/** For faults that come over HTTP. */
export function isFault(value: unknown): value is Fault {
  return checks.some((check) => check(value) === undefined);
}

export interface FaultSwitch {
  set(fault: Fault): void;
  current(): Fault;
  /** The fault for one request; counts down `times` and falls back to none. */
  take(): Fault;
}

export function createFaultSwitch(changed: (fault: Fault) => void): FaultSwitch {
  let current: Fault = { kind: 'none' };

  function set(fault: Fault): void {
    current = fault;
    changed(fault);
  }

  return {
    set,
    current: () => current,
    take() {
      const fault = current;
      if (fault.kind !== 'none' && fault.times !== undefined) {
        set(fault.times > 1 ? { ...fault, times: fault.times - 1 } : { kind: 'none' });
      }
      return fault;
    },
  };
}
