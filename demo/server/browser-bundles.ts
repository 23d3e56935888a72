import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const demo = fileURLToPath(new URL('../', import.meta.url));

/** Scripts by the name under which pages ask for them. */
const entries = {
  announce: 'shop/browser/announce-script-tag.ts',
  shop: 'shop/browser/shop.ts',
  studio: 'studio/studio.ts',
  live: 'live/live.ts',
  frame: 'frame/frame.ts',
} as const;

/**
 * Bundles the browser code in memory at start. `tracklet` resolves to the built package, by its own name, so the
 * module section uses exactly what a user of the package would.
 */
export async function bundleForBrowsers(): Promise<ReadonlyMap<string, string>> {
  const result = await build({
    absWorkingDir: demo,
    entryPoints: entries,
    bundle: true,
    write: false,
    outdir: '/assets',
    format: 'iife',
    target: 'es2020',
    // The repository's own tsconfig points the name at the sources.
    tsconfigRaw: {},
    logLevel: 'warning',
  });
  return new Map(result.outputFiles.map((file) => [file.path.replaceAll('\\', '/'), file.text]));
}
