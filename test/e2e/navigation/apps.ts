import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const NAMES = ['react-router', 'react-router-hash', 'vue-router', 'vue-router-hash', 'tanstack-router'];

/** The applications with their real routers, each as one script, by name. As in development: strict mode repeats effects there. */
export async function bundleApps(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: NAMES.map((name) => fileURLToPath(new URL(`apps/${name}.ts`, import.meta.url))),
    bundle: true,
    write: false,
    outdir: 'apps',
    format: 'iife',
    tsconfigRaw: {},
    conditions: ['browser', 'development'],
    define: {
      'process.env.NODE_ENV': '"development"',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    logLevel: 'error',
  });
  return new Map(outputFiles.map(({ path, text }) => [basename(path, '.js'), text]));
}
