import { defineCommand } from './capillary-define.js';
import { usage } from './usage.js';

const [, , ...words] = process.argv;
const isDefine = words[0] === 'capillary' && words[1] === 'define';
const asksHelp = words.length === 0 || words.includes('--help') || words.includes('-h');
const fail = (error: unknown) => {
  io.error(`tracklet: ${error instanceof Error ? error.stack : error}`);
  process.exitCode = 1;
};
const io = {
  env: process.env,
  out: (text: string) => process.stdout.write(`${text}\n`),
  error: (text: string) => process.stderr.write(`${text}\n`),
};

if (asksHelp) {
  io.out(usage);
} else if (isDefine) {
  // Not process.exit(): what is still in a pipe would be cut off.
  defineCommand(words.slice(2), io).then((code) => {
    process.exitCode = code;
  }, fail);
} else {
  io.error(`tracklet: no such command: ${words.slice(0, 2).join(' ')}\n\n${usage}`);
  process.exitCode = 2;
}
