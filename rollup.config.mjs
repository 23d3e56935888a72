import { readFileSync } from 'node:fs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import esbuild from 'rollup-plugin-esbuild';

// package.json says what is public: `types` names the source file, `default` the file that is built from it.
const { exports: subpaths, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.values(subpaths)
  .filter((subpath) => subpath.types)
  .map((subpath) => ({
    source: subpath.types.replace('./dist/', 'src/').replace('.d.ts', '.ts'),
    name: subpath.default.replace('./dist/', '').replace('.js', ''),
  }));

const isScript = ({ name }) => name === 'tracklet';
const inputs = (chosen) => Object.fromEntries(chosen.map(({ name, source }) => [name, source]));

const outputs = [
  // For bundlers: readable, dependencies left to the site's own bundle.
  {
    input: inputs(entries.filter((entry) => !isScript(entry))),
    external: Object.keys(dependencies),
    output: { format: 'es', chunkFileNames: 'shared/[name].js' },
    minify: false,
  },
  // For a script tag: everything in one file.
  { input: inputs(entries.filter(isScript)), external: [], output: { format: 'iife' }, minify: true },
];

export default outputs.map(({ input, external, output, minify }) => ({
  input,
  external,
  output: { ...output, dir: 'dist', sourcemap: true },
  plugins: [
    esbuild({ target: 'es2020', tsconfig: 'src/tsconfig.json' }),
    nodeResolve({ browser: true, extensions: ['.ts', '.js'] }),
    minify && terser({ ecma: 2020, compress: { passes: 2 } }),
  ],
  // A circular import or an unresolved name is a mistake here, never noise.
  onwarn(warning) {
    throw new Error(warning.message);
  },
}));
