import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The built library in both forms; read once, so that a build under way cannot change it between two tests. */
export interface BrowserCode {
  /** For `<script src>`. */
  readonly scriptTag: string;
  /** `library.ts` with all it imports, as the global `lib`. */
  readonly library: string;
  /** `worker-library.ts` likewise, for service workers. */
  readonly workerLibrary: string;
}

export async function loadBrowserCode(): Promise<BrowserCode> {
  return {
    scriptTag: await readFile(new URL('../../../dist/tracklet.js', import.meta.url), 'utf8'),
    library: await bundled('library.ts'),
    workerLibrary: await bundled('worker-library.ts'),
  };
}

async function bundled(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'lib',
    // The repository's own tsconfig points the package's name at the sources.
    tsconfigRaw: {},
    logLevel: 'warning',
  });
  return outputFiles[0]?.text ?? '';
}
