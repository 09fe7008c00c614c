// The whole `vsr train` of the five classic routers on the bundled example, once an engine: wall time of the process and its peak memory.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withinLimit } from './measure.js';

const LIMIT_SECONDS = { wasm: 60, native: 40 };
const LIMIT_MEGABYTES = 1500;
const ROUTERS = 'knn,kmeans,svm,mlp,mf';

export default async function measure({ root, dist, notice }) {
  const { openEngine } = await import(`${dist}/training/engine.js`);
  const rows = [];
  for (const engine of Object.keys(LIMIT_SECONDS)) {
    try {
      await openEngine({ engine });
    } catch (error) {
      notice(`Training on ${engine} is skipped: ${error.message}`);
      continue;
    }
    const folder = mkdtempSync(join(tmpdir(), 'vsr-bench-'));
    try {
      const run = await train(root, folder, engine);
      if (run.code !== 0) {
        notice(`Training on ${engine} is skipped: vsr train ends with ${run.code}.`);
        continue;
      }
      rows.push(
        withinLimit({
          what: `vsr train, the whole example, five routers, ${engine}`,
          ms: run.ms,
          limitMs: 1000 * LIMIT_SECONDS[engine],
          limit: `limit ${LIMIT_SECONDS[engine]} s and ${LIMIT_MEGABYTES} MB`,
          also: run.peakMegabytes === null || run.peakMegabytes <= LIMIT_MEGABYTES,
          note: run.peakMegabytes === null ? 'peak memory unknown' : `peak memory ${run.peakMegabytes.toFixed(0)} MB`,
        }),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return rows;
}

/** The process writes its own peak resident memory (kilobytes) when it ends. */
function train(root, folder, engine) {
  const report = join(folder, 'peak');
  const hook = `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS)));`;
  const start = performance.now();
  const args = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, join(root, 'bin/vsr.js')];
  const child = spawn(process.execPath, [...args, 'train', '--router', ROUTERS, '--engine', engine, '--quiet'], {
    cwd: folder,
    stdio: 'ignore',
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      const peakMegabytes = existsSync(report) ? Number(readFileSync(report, 'utf8')) / 1024 : null;
      resolve({ code, ms: performance.now() - start, peakMegabytes });
    });
  });
}
