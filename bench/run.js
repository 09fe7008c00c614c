// The performance suite: every *.bench.js case beside its peer in one run. npm run bench [-- --json] [-- --only knn]
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPython } from './python.js';
import { printTable } from './table.js';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});
const root = join(import.meta.dirname, '..');
const notice = (sentence) => process.stderr.write(`${sentence}\n`);

if (!flags['no-build']) execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 2, 2] });
const load = loadavg()[0];
if (load > cpus().length / 2) {
  notice(
    `The machine is busy (load ${load.toFixed(1)} on ${cpus().length} cores): threads that wait for each other suffer most, so ratios mean little.`,
  );
}
const python = await startPython();
if (python.missing) notice(`The Python peers are skipped: ${python.missing}`);

const rows = [];
for (const file of readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.bench.js'))
  .sort()) {
  const name = file.slice(0, -'.bench.js'.length);
  if (flags.only && flags.only !== name) continue;
  notice(`Measuring ${name} …`);
  const { default: measure } = await import(`./${file}`);
  rows.push(...(await measure({ root, dist: join(root, 'dist'), python, notice })));
}
python.stop();

const machine = {
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  load,
  python: python.versions,
};
if (flags.json) process.stdout.write(`${JSON.stringify({ machine, rows }, null, 2)}\n`);
else printTable(machine, rows);
