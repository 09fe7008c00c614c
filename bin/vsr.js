#!/usr/bin/env node
// Loads the built command line; everything else is in dist/ (made from src/ by `npm run build`).
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
const main = new URL('../dist/cli/main.js', import.meta.url);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`error: vsr needs Node 20.19 or newer, this is ${process.versions.node}.`);
  process.exitCode = 2;
} else if (!existsSync(main)) {
  console.error('error: dist/ is not built.\n  Run npm run build.');
  process.exitCode = 2;
} else {
  await (await import(main.href)).main(process.argv);
}
