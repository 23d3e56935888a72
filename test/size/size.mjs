// What a site pays for an import, measured on dist/ the way the site's own bundler would build it. Fails above a limit.
// `--json` prints the numbers as JSON instead of a table.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { rollup } from 'rollup';

// Bytes after brotli, idb-keyval and nanoid included. `raw` is counted as it is, because it is pasted into the page.
const limits = [
  // The first plan wanted 6,000. ARCHITECTURE.md tells what it pays for; the limit rises only for a promise that was not kept.
  { import: '{ createTracker }', from: 'index.js', limit: 17_300 },
  ...['klaviyo', 'airship', 'gainsight', 'embeddables', 'capillary', 'relay'].map((name) => ({
    import: `{ ${name} }`,
    from: `adapters/${name}.js`,
    limit: name === 'relay' ? 1_000 : 1_200,
  })),
  // Who has no bundler has no other way to cookies, 0.7 kB of it.
  { file: 'tracklet.js', limit: 24_030 },
  // A fifth of it sees to it that no cookie of an earlier or refused `domain` is in the way.
  { import: '{ cookieStorage }', from: 'storage.js', limit: 1_180 },
  { raw: 'stub', from: 'snippet.js', limit: 400 },
  // What they share with the main import counts here too.
  { import: '{ consent }', from: 'consent/index.js', limit: 3_030 },
  { import: '{ tellRepairs }', from: 'debug.js', limit: 520 },
  { import: '{ redaction }', from: 'redaction.js', limit: 2_050 },
  { import: '{ followTcf }', from: 'consent/tcf.js', limit: 400 },
  { import: '{ followGoogleConsent }', from: 'consent/google.js', limit: 460 },
  // Each with the 0.3 kB that they share; the list of what counts as a file costs 0.1.
  { import: '{ trackDataAttributes }', from: 'auto/data-attributes.js', limit: 610 },
  { import: '{ trackOutboundLinks }', from: 'auto/outbound-links.js', limit: 610 },
  { import: '{ trackDownloads }', from: 'auto/downloads.js', limit: 790 },
  { import: '{ trackForms }', from: 'auto/forms.js', limit: 600 },
  { import: '{ trackEngagement }', from: 'auto/engagement.js', limit: 650 },
  // A worker of its own: what delivery and queue weigh in the main import, and some more.
  { import: '{ deliverInBackground }', from: 'background-sync.js', limit: 12_130 },
  // Two thirds of it are also in the main import, and weigh once.
  { import: '{ registerBackgroundSync }', from: 'background-sync.js', limit: 1_940 },
];

const dist = (path) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));

const sizes = [];
for (const row of limits) {
  const code = await codeOf(row);
  const bytes = { min: Buffer.byteLength(code), gzip: gzipSync(code).length, brotli: brotliCompressSync(code).length };
  const counted = row.raw ? bytes.min : bytes.brotli;
  sizes.push({ what: row.import ?? row.file ?? row.raw, ...bytes, limit: row.limit, ok: counted <= row.limit });
}

if (process.argv.includes('--json')) console.log(JSON.stringify(sizes, null, 2));
else console.table(Object.fromEntries(sizes.map(({ what, ...rest }) => [what, rest])));
const kB = (bytes) => (bytes / 1000).toFixed(1);
const adapters = sizes.slice(1, 7).map(({ brotli }) => brotli);
const quoted = [kB(sizes[0].brotli), `${kB(Math.min(...adapters))}–${kB(Math.max(...adapters))}`, kB(sizes[7].brotli)];
const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
for (const quote of quoted.filter((number) => !readme.includes(`| ${number} kB |`))) {
  console.error(`README.md has to say ${quote} kB.`);
  process.exitCode = 1;
}
if (sizes.some(({ ok }) => !ok)) {
  console.error('Above its limit. Make it smaller, or raise the limit in test/size/size.mjs and say why.');
  process.exitCode = 1;
}

async function codeOf(row) {
  if (row.file) return readFileSync(dist(row.file), 'utf8');
  if (row.raw) return (await import(dist(row.from)))[row.raw];
  const entry = 'a page of the site';
  const bundle = await rollup({
    input: entry,
    plugins: [
      {
        name: 'site',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? `export ${row.import} from ${JSON.stringify(dist(row.from))};` : null),
      },
      nodeResolve({ browser: true }),
      terser({ module: true, ecma: 2020, compress: { passes: 2 } }),
    ],
    // A name that dist/ does not export would else count as zero bytes.
    onwarn(warning) {
      throw new Error(warning.message);
    },
  });
  const { output } = await bundle.generate({ format: 'es' });
  return output[0].code;
}
