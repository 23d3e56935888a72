/** What not every engine lets a test do. */
export type Power =
  | 'kill the renderer'
  | 'close a busy tab'
  | 'freeze a page'
  | 'limit the quota'
  | 'stall localStorage'
  | 'block storage'
  | 'an insecure host'
  | 'restore pages';

/** One tab. Everything here ends within a bounded time, if only by rejecting. */
export interface Tab {
  /** Runs the body of an async function in the page; what precedes its first `await` is one task. Rejects when the page goes. */
  run(code: string): Promise<unknown>;
  goto(url: string): Promise<void>;
  /** The visitor closes it. */
  close(): Promise<void>;
  /** Prepares to end the page's process whatever it is doing then. */
  prepareKill(): Promise<() => Promise<void>>;
  freeze(): Promise<void>;
  /** Most bytes that the page's origin may store from now on; undefined for the browser's own rule. */
  limitQuota(bytes: number | undefined): Promise<void>;
  /** Stops the process that keeps localStorage, as a machine does that has more urgent things to run, until `end` is called. */
  stallStorage(): Promise<{ end(): void }>;
}

export interface Browser {
  open(url: string): Promise<Tab>;
  /** Ends every process at once, as a power cut does. */
  kill(): Promise<void>;
  /** Ends as a visitor ends it, or by force. Never rejects. */
  end(): Promise<void>;
}

export interface LaunchOptions {
  /** A folder; a browser that is launched with it again knows what the last one stored. */
  readonly profile: string;
  /** As the visitor's settings have it. */
  readonly storageBlocked?: boolean;
}

export interface Engine {
  readonly name: 'chromium' | 'firefox' | 'webkit';
  /** `Chromium 156.0.1` */
  readonly version: string;
  readonly powers: ReadonlySet<Power>;
  /** A host name that leads here and is no secure context. */
  readonly insecureHost?: string;
  /** What every page has to run so that this engine's tabs can be talked to; called in each page first. */
  readonly pageScript: string;
  launch(options: LaunchOptions): Promise<Browser>;
  /** Ends what all browsers of this engine share. */
  close(): Promise<void>;
}

/** Rejects when nothing was heard in time: a browser that hangs must not hang the lab. */
export function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: no answer within ${ms / 1_000} s`)), ms);
    work.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}
