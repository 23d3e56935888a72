// What the main import's weight is made of: each part's share of the code, minified module by module. Run by hand; the
// table in ARCHITECTURE.md quotes it.
import { fileURLToPath } from 'node:url';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import esbuild from 'rollup-plugin-esbuild';

const sources = fileURLToPath(new URL('../../src/', import.meta.url));
const bundle = await rollup({
  input: `${sources}index.ts`,
  plugins: [
    nodeResolve({ browser: true, extensions: ['.ts', '.js'] }),
    esbuild({ target: 'es2022', minifyWhitespace: true, minifySyntax: true, tsconfig: `${sources}tsconfig.json` }),
  ],
});
const { output } = await bundle.generate({ format: 'es' });
await bundle.close();

const partOf = (id) => {
  if (!id.startsWith(sources)) return 'dependencies';
  const path = id.slice(sources.length);
  const [folder, file] = path.split('/');
  if (/redaction|plain|loss/.test(path)) return 'event';
  return file ? folder : path === 'options.ts' ? 'options' : 'wiring';
};
const parts = new Map();
for (const [id, { renderedLength }] of Object.entries(output[0].modules)) {
  parts.set(partOf(id), (parts.get(partOf(id)) ?? 0) + renderedLength);
}
const total = [...parts.values()].reduce((sum, bytes) => sum + bytes, 0);
const shares = [...parts]
  .sort(([, a], [, b]) => b - a)
  .map(([part, bytes]) => [part, `${Math.round((100 * bytes) / total)} %`]);
console.table(Object.fromEntries(shares.map(([part, share]) => [part, { share }])));
