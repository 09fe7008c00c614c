// The embedding cache: 1,000 lookups among a million vectors of 384 numbers, what they take on disk, and what stays in memory.
// VSR_BENCH_CACHE_ROWS sets another number of vectors (the million takes 1.6 GB of the temporary folder).
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, samples, withinLimit } from './measure.js';

const ROWS = Number(process.env.VSR_BENCH_CACHE_ROWS ?? 1_000_000);
const DIM = 384;
const BLOCK = 10_000;
const LOOKUPS = 1000;
/** Milliseconds, and bytes for a million rows. */
const [MOST_MS, MOST_BYTES] = [50, 2e9];

export default async function measure({ dist }) {
  const { openVectorFile } = await import(`${dist}/embeddings/vector-file.js`);
  const folder = mkdtempSync(join(tmpdir(), 'vsr-cache-bench-'));
  const identity = { id: 'bench', fingerprint: 'sha256:bench', dim: DIM };
  try {
    fill(openVectorFile(folder, identity));
    const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    const file = openVectorFile(folder, identity);
    const before = process.memoryUsage().rss;
    let round = 0;
    const times = await samples(() => lookUp(file, round++), { count: 15, warmup: 3 });
    const grown = (process.memoryUsage().rss - before) / 1e6;
    const mostBytes = (MOST_BYTES * ROWS) / 1e6;
    return [
      withinLimit({
        what: `cache, ${LOOKUPS} lookups of ${ROWS} × ${DIM}`,
        ms: median(times),
        limitMs: MOST_MS,
        limit: `limit ${MOST_MS} ms and ${gigabytes(mostBytes)}`,
        also: bytes <= mostBytes,
        note: `${gigabytes(bytes)} on disk, ${grown.toFixed(0)} MB more in memory`,
      }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function gigabytes(bytes) {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

function fill(file) {
  const vector = Float32Array.from({ length: DIM }, (_, d) => Math.sin(d));
  for (let start = 0; start < ROWS; start += BLOCK) {
    const size = Math.min(BLOCK, ROWS - start);
    file.append(
      Array.from({ length: size }, (_, i) => {
        const own = vector.slice();
        own[0] = start + i;
        return [keyOf(start + i), own];
      }),
    );
  }
}

/** Other rows every round, spread over the whole file. */
function lookUp(file, round) {
  const step = Math.floor(ROWS / LOOKUPS);
  for (let i = 0; i < LOOKUPS; i++) {
    const row = i * step + ((round * 7919) % step);
    if (file.get(keyOf(row))?.[0] !== row) throw new Error(`row ${row} was not found`);
  }
}

function keyOf(row) {
  return createHash('sha256').update(`text ${row}`).digest();
}
