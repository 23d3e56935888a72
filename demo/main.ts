import { parseArgs } from 'node:util';
import { startDemo } from './server/start-demo.js';
import { visit } from './visit/visit.js';

const DEFAULT_PORT = 4173;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: String(DEFAULT_PORT) },
    visit: { type: 'boolean', default: false },
  },
});

if (values.visit) {
  process.exitCode = (await visit()) ? 0 : 1;
} else {
  const demo = await startDemo(Number(values.port));
  console.log(`
  The shop with its live view   ${demo.origin}/
  The shop alone                ${demo.origin}/shop/
  The single-page section       ${demo.origin}/studio/
  The live view alone           ${demo.origin}/live/

  Ctrl+C ends everything.`);
  let closing = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (closing) return;
      closing = true;
      void demo.close().then(() => process.exit(0));
    });
  }
}
