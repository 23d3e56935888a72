export type Fault =
  | { kind: 'none' }
  | { kind: 'error500' | 'hang' | 'reset' | 'unauthorised' | 'too-large'; times?: number }
  /** The vendor has the request, and whoever asks does not hear of it: nothing, or a gateway's 504. */
  | { kind: 'reset-after-accept' | 'gateway-timeout'; times?: number }
  /** Seconds, or an HTTP date. */
  | { kind: 'rate-limited'; retryAfter: number | string; times?: number }
  | { kind: 'slow'; delayMs: number; times?: number };

export interface AcceptedEvent {
  id: string;
  name: string;
  /** First acceptance, epoch milliseconds. */
  at: number;
  /** More than 1: a duplicate in effect. */
  count: number;
  /** Ignored by the vendor's own deduplication. */
  repeats: number;
  body: unknown;
}

export interface LoggedRequest {
  /** Arrival, epoch milliseconds. */
  at: number;
  method: string;
  path: string;
  /** Null: no answer. */
  status: number | null;
  ids: string[];
  reason?: string;
}

export interface StandInChange {
  kind: 'accepted' | 'request' | 'fault';
  vendor: string;
  event?: AcceptedEvent;
  request?: LoggedRequest;
  fault?: Fault;
}

export type StandInListener = (change: StandInChange) => void;

export interface StandIn {
  readonly name: 'klaviyo' | 'airship' | 'gainsight' | 'embeddables' | 'capillary' | 'collector';
  /** `http://127.0.0.1:port`, without trailing slash. */
  readonly url: string;
  /** In order of first acceptance. */
  accepted(): AcceptedEvent[];
  requests(): LoggedRequest[];
  fault(fault: Fault): void;
  currentFault(): Fault;
  /** Forgets everything; fault none. */
  reset(): void;
  /** Returns the way to stop listening. */
  onChange(listener: StandInListener): () => void;
  /** Also destroys hanging sockets. */
  close(): Promise<void>;
}
