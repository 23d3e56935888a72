import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface StaticFile {
  readonly type: string;
  readonly content: string;
}

const demo = fileURLToPath(new URL('../', import.meta.url));

/** A file below `demo/` that a browser may have; undefined for all others, and for paths that climb out. */
export async function staticFile(path: string): Promise<StaticFile | undefined> {
  const clean = normalize(path).replace(/^[/\\]+/, '');
  const type = types[extname(clean)];
  if (type === undefined || clean.startsWith('..')) return undefined;
  try {
    return { type, content: await readFile(join(demo, clean), 'utf8') };
  } catch {
    return undefined;
  }
}
