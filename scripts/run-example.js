// The main job on the bundled example, in a folder of its own: benchmark, train, infer, analyze.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'example-run');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);

const COMMANDS = [
  ['benchmark'],
  ['train', '--quality-weight', '0.8'],
  ['infer', '--query', 'What is the derivative of x^3?', '--user-id', '3'],
  ['analyze'],
];
for (const command of COMMANDS) {
  console.log(`\n$ vsr ${command.map((word) => (/[ ?^]/.test(word) ? `"${word}"` : word)).join(' ')}`);
  const { status } = spawnSync(process.execPath, [join(root, 'bin/vsr.js'), ...command], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
console.log(`\nEverything this wrote is in ${folder}`);
