/** What `capillary define` was told, by flags first and then by the environment. */
export interface DefineArguments {
  readonly file: string;
  readonly dryRun: boolean;
  readonly timeoutMs: number;
  readonly endpoint: string | undefined;
  readonly key: string | undefined;
  readonly secret: string | undefined;
  readonly token: string | undefined;
}

const VALUES = ['endpoint', 'timeout', 'key', 'secret', 'token'] as const;

/** Returns what is wrong, in words, when it cannot be understood. */
export function readArguments(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): DefineArguments | string {
  const files: string[] = [];
  const given = new Map<string, string>();
  let dryRun = false;
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--dry-run') dryRun = true;
    else if (word === '-' || !word.startsWith('-')) files.push(word);
    else {
      const [option = '', ...joined] = word.split('=');
      const flag = option.slice(2);
      if (option === '--dry-run') return '--dry-run takes no value';
      if (!word.startsWith('--') || !(VALUES as readonly string[]).includes(flag)) return `no such option: ${option}`;
      const value = joined.length > 0 ? joined.join('=') : rest.shift();
      if (!value || (joined.length === 0 && value.startsWith('--'))) return `--${flag} needs a value`;
      given.set(flag, value);
    }
  }
  const [file, ...others] = files;
  if (file === undefined) return 'which file? Name the one with the definitions, like events.json';
  if (others.length > 0) return `one file at a time, not ${files.join(' and ')}`;
  const seconds = Number(given.get('timeout') ?? 15);
  if (!(seconds > 0 && seconds <= 600)) return '--timeout is a number of seconds, up to 600';
  const read = (flag: (typeof VALUES)[number]) =>
    given.get(flag) ?? (env[`CAPILLARY_${flag.toUpperCase()}`] || undefined);
  // What a flag says is not mixed with what the environment says: a token beside a key would be ambiguous.
  const isKeyed = given.has('key') || given.has('secret');
  const token = isKeyed ? undefined : read('token');
  return {
    file,
    dryRun,
    timeoutMs: seconds * 1_000,
    endpoint: read('endpoint'),
    key: token ? undefined : read('key'),
    secret: token ? undefined : read('secret'),
    token,
  };
}
