import { readFileSync } from 'node:fs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import esbuild from 'rollup-plugin-esbuild';

// package.json says what is public: `types` names the source file, `default` the file that is built from it.
const { exports: subpaths, bin, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.values(subpaths)
  .filter((subpath) => subpath.types)
  .map((subpath) => ({
    source: subpath.types.replace('./dist/', 'src/').replace('.d.ts', '.ts'),
    name: subpath.default.replace('./dist/', '').replace('.js', ''),
  }));

const commands = Object.values(bin).map((path) => path.replace('./dist/', '').replace('.js', ''));

const isScript = ({ name }) => name === 'tracklet';
const inputs = (chosen) => Object.fromEntries(chosen.map(({ name, source }) => [name, source]));

const outputs = [
  // For bundlers: readable, dependencies left to the site's own bundle.
  {
    input: inputs(entries.filter((entry) => !isScript(entry))),
    external: Object.keys(dependencies),
    // As the sources are: chunks would come with imports that no one uses, and bundlers warn of those.
    output: { format: 'es', preserveModules: true, preserveModulesRoot: 'src' },
    minify: false,
  },
  // For `npx tracklet`.
  {
    input: inputs(commands.map((name) => ({ name, source: `src/${name}.ts` }))),
    external: [/^node:/],
    output: { format: 'es', chunkFileNames: 'cli/shared/[name].js', banner: '#!/usr/bin/env node' },
    minify: false,
  },
  // For a script tag: everything in one file.
  { input: inputs(entries.filter(isScript)), external: [], output: { format: 'iife' }, minify: true },
];

export default outputs.map(({ input, external, output, minify }) => ({
  input,
  external,
  // Bundlers warn of imports that are only there to load a file sooner.
  output: { ...output, dir: 'dist', sourcemap: true, hoistTransitiveImports: false },
  plugins: [
    esbuild({ target: 'es2022', tsconfig: 'src/tsconfig.json' }),
    nodeResolve({ browser: true, extensions: ['.ts', '.js'] }),
    minify && terser({ ecma: 2022, compress: { passes: 2 } }),
  ],
  // A circular import or an unresolved name is a mistake here, never noise.
  onwarn(warning) {
    throw new Error(warning.message);
  },
}));
