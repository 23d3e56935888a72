/** One request as an adapter describes it. */
export interface HttpRequest {
  readonly url: string;
  readonly method: 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string;
}

/** An answer that arrived whole. */
export interface HttpResponse {
  readonly status: number;
  /** Case-insensitive; null when absent or, across origins, not exposed. */
  header(name: string): string | null;
  /** May be empty, plain text, HTML or JSON, whatever the vendor felt like. */
  readonly body: string;
}
