import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * `page.ts` with the library: as built, by its public names, or from another copy of the sources, such as one that was
 * broken on purpose.
 */
export async function bundlePage(sources: string | undefined): Promise<string> {
  const bundled = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    // The repository's own tsconfig points the package's name at the sources.
    tsconfigRaw: {},
    ...(sources && {
      alias: {
        tracklet: join(sources, 'index.ts'),
        'tracklet/adapters/relay': join(sources, 'adapters', 'relay.ts'),
      },
    }),
    logLevel: 'warning',
  });
  return bundled.outputFiles[0]?.text ?? '';
}
