import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  openArtifactDirectory,
  requireWritable,
  writeArtifactDirectory,
} from '../../src/artifacts/artifact-directory.js';
import { ARTIFACT_FORMAT, type Manifest } from '../../src/artifacts/manifest.js';
import { readRouterFile, routerFiles } from '../../src/artifacts/router-file.js';
import { seededRandom } from '../../src/math/random.js';
import { temporaryFolder } from '../temporary-folder.js';

const MANIFEST: Omit<Manifest, 'files'> = {
  format: ARTIFACT_FORMAT,
  version: '0.0.0',
  createdAt: '2026-01-01T00:00:00.000Z',
  seed: 1,
  engine: null,
  models: ['a', 'b'],
  objective: { quality: 1, latency: 0, cost: 0, latencyScaleMs: 10_000, costScale: 1 },
  embedder: { id: 'static', fingerprint: 'sha256:00', dim: 2 },
  features: { dim: 2 },
  data: {
    file: 'outcomes.jsonl',
    sha256: '00',
    example: false,
    queries: 2,
    split: { train: 2, validation: 0, test: 0 },
    ratios: [0.8, 0.1, 0.1],
    queryLimit: 0,
    folds: 0,
  },
  modelStats: {},
  bestSingle: 'a',
  config: {},
  routers: {},
  bestRouter: 'knn',
};

const STATE = { json: { k: 3 }, tensors: { x: { shape: [1, 2], data: Float32Array.of(0.25, -1) } } };
const files = () => routerFiles('knn', { params: { k: 'auto' }, state: STATE });

const folder = temporaryFolder();
let count = 0;
const written = () => {
  const path = join(folder.path, `artifacts-${count++}`);
  writeArtifactDirectory(path, MANIFEST, files());
  return path;
};

test('what is written is read back, tensor for tensor', () => {
  const artifact = openArtifactDirectory(written());
  expect(artifact.manifest).toEqual({ ...MANIFEST, files: artifact.manifest.files });
  expect(Object.keys(artifact.manifest.files).sort()).toEqual(['knn.safetensors', 'knn_model.json']);
  expect(readRouterFile(artifact, 'knn')).toEqual({ params: { k: 'auto' }, state: STATE });
});

describe('refused with a sentence', () => {
  const refusal = (path: string) => {
    try {
      openArtifactDirectory(path);
    } catch (error) {
      return error;
    }
    return undefined;
  };

  test('a directory that is not there', () => {
    expect(refusal('/nowhere/at/all')).toMatchObject({
      code: 'VSR_ARTIFACT',
      message: '/nowhere/at/all: there is no such artifact directory.',
      hint: 'Run vsr train first.',
    });
  });
  test('a file in its place', () => {
    const file = folder.write('a-file', '');
    expect(refusal(file)).toMatchObject({
      code: 'VSR_ARTIFACT',
      message: `${file}: expected an artifact directory, got a file.`,
    });
  });
  test('a directory without a manifest: a run cut short', () => {
    const path = written();
    rmSync(join(path, 'manifest.json'));
    expect(refusal(path)).toMatchObject({ code: 'VSR_ARTIFACT', message: expect.stringContaining('cut short') });
  });
  test('a manifest of another format, and one that was edited', () => {
    const path = written();
    const manifest = join(path, 'manifest.json');
    const text = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, text.replace('vsr.artifact/1', 'vsr.artifact/9'));
    expect(refusal(path)).toMatchObject({
      message: `${manifest}: expected format "vsr.artifact/1", got "vsr.artifact/9".`,
    });
    writeFileSync(manifest, text.replace('"seed": 1', '"seed": 2'));
    expect(refusal(path)).toMatchObject({ message: expect.stringContaining('was changed after training') });
    writeFileSync(manifest, text.slice(0, 100));
    expect(refusal(path)).toMatchObject({ message: `${manifest} is not JSON.` });
  });
});

test('any flipped byte of any file is refused, or changes nothing that is read', () => {
  const path = written();
  const random = seededRandom(11);
  const whole = openArtifactDirectory(path);
  const expected = { manifest: whole.manifest, router: readRouterFile(whole, 'knn') };
  let refused = 0;
  for (const name of ['manifest.json', 'knn_model.json', 'knn.safetensors']) {
    const original = readFileSync(join(path, name));
    for (let trial = 0; trial < 100; trial++) {
      const damaged = Buffer.from(original);
      damaged[random.int(damaged.length)]! ^= 1 << random.int(8);
      writeFileSync(join(path, name), damaged);
      try {
        const artifact = openArtifactDirectory(path);
        expect({ manifest: artifact.manifest, router: readRouterFile(artifact, 'knn') }).toEqual(expected);
      } catch (error) {
        expect(error).toMatchObject({ code: 'VSR_ARTIFACT' });
        refused++;
      }
    }
    writeFileSync(join(path, name), original);
  }
  expect(refused).toBeGreaterThan(250);
});

test('a place that cannot hold an artifact is refused before any work, and nothing is made', () => {
  const file = folder.write('in-the-way', '');
  expect(() => requireWritable(join(file, 'artifacts'))).toThrow(
    expect.objectContaining({ code: 'VSR_FILE', message: `${file} is a file, expected a directory for the artifact.` }),
  );
  const fresh = join(folder.path, 'not', 'yet', 'there');
  requireWritable(fresh);
  expect(existsSync(join(folder.path, 'not'))).toBe(false);
});

test.skipIf(process.getuid?.() === 0)('a folder without permission is refused (not testable as root)', () => {
  const locked = join(folder.path, 'locked');
  mkdirSync(locked, { mode: 0o555 });
  expect(() => requireWritable(join(locked, 'artifacts'))).toThrow(expect.objectContaining({ code: 'VSR_FILE' }));
});

test('the manifest is written last: where a file cannot be written there is none', () => {
  const path = written();
  rmSync(join(path, 'knn.safetensors'));
  mkdirSync(join(path, 'knn.safetensors'));
  expect(() => writeArtifactDirectory(path, MANIFEST, files())).toThrow(expect.objectContaining({ code: 'VSR_FILE' }));
  expect(() => openArtifactDirectory(path)).toThrow(expect.objectContaining({ code: 'VSR_ARTIFACT' }));
});

test('folders on the way are made', () => {
  const path = join(folder.path, 'deep/er/artifacts');
  writeArtifactDirectory(path, MANIFEST, {});
  expect(openArtifactDirectory(path).manifest.models).toEqual(['a', 'b']);
});

test.skipIf(!existsSync('/proc/self'))('a place that takes no folder is refused, and does not hang', () => {
  expect(() => writeArtifactDirectory('/proc/vsr/artifacts', MANIFEST, {})).toThrow(
    expect.objectContaining({ code: 'VSR_FILE', hint: 'Choose another --output-dir.' }),
  );
});
