import { spawnSync } from 'node:child_process';

/** What the program says of itself, without the distribution's remarks. */
export function versionOf(program: string, env: { readonly [name: string]: string } = {}): string {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', env: { ...process.env, ...env } });
  return (
    stdout
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/ (built on|,).*/, '') ?? ''
  );
}
