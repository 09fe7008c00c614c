// Cold start: the whole process of `vsr --help` and of `vsr infer --query`, beside a Node that does nothing.
// infer reads a knn artifact of the whole bundled example, the larger of the two routers.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, samples } from './measure.js';

const QUESTION = 'What is the derivative of x^3?';

export default async function measure({ root, notice }) {
  const folder = mkdtempSync(join(tmpdir(), 'vsr-bench-'));
  const node = (args) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  const vsr = (...args) => node([join(root, 'bin/vsr.js'), ...args]);
  const worksOrNotice = (result, what) => {
    if (result.status !== 0)
      notice(`${what} is skipped: it ends with ${result.status}: ${result.stderr.trim().split('\n')[0]}`);
    return result.status === 0;
  };
  const coldStart = (what, args, target) =>
    compare({
      what: `cold ${what}`,
      ours: () => samples(() => vsr(...args), { count: 1 }),
      peer: () => samples(() => node(['-e', '0']), { count: 1 }),
      peerName: 'node -e 0',
      target,
      rounds: 9,
    });
  try {
    const rows = [];
    if (worksOrNotice(vsr('--help'), 'vsr --help')) rows.push(await coldStart('vsr --help', ['--help'], 2.5));
    const prepared = [['benchmark'], ['train', '--router', 'knn', '--folds', '0'], ['infer', '--query', QUESTION]];
    if (prepared.every((args) => worksOrNotice(vsr(...args), `vsr infer (vsr ${args[0]})`))) {
      rows.push(await coldStart('vsr infer --query, knn', ['infer', '--query', QUESTION], 6));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
