// train --resume: an interrupted training goes on to the very bytes of an unbroken one.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { train } from '../../src/pipelines/train.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening, toyOutcomes } from './toy-project.js';

const project = temporaryFolder();
beforeAll(() => {
  project.write('outcomes.jsonl', jsonLines(toyOutcomes(80)));
});

const settings = (output: string, more: Record<string, unknown> = {}) =>
  configIn(project.path, {
    'train.output_dir': join(project.path, output),
    'train.router': ['knn', 'mf'],
    'train.engine': 'wasm',
    'train.folds': 2,
    'routers.knn': { k: 5 },
    'routers.mf': { num_factors: 2, epochs: 6, patience: 6 },
    ...more,
  });
const stopsAt = (stage: string, epoch: number) => {
  const controller = new AbortController();
  const onProgress = (progress: { stage: string; done: number }) => {
    if (progress.stage === stage && progress.done === epoch) controller.abort();
  };
  return { ...listening(), signal: controller.signal, onProgress };
};
/** Epochs of a stage that a run goes through. */
const epochsOf = (stage: string) => {
  const epochs: number[] = [];
  const context = listening();
  const onProgress = (progress: { stage: string; done: number }) => {
    if (progress.stage === stage) epochs.push(progress.done);
  };
  return { ...context, epochs, onProgress };
};
const interrupted = async (output: string, stage = 'fit mf', epoch = 3) =>
  expect(train(await settings(output), stopsAt(stage, epoch))).rejects.toMatchObject({ code: 'VSR_ABORTED' });
const checkpoint = (output: string, name = '') => join(project.path, output, '.checkpoint', name);

describe('an interrupted training', () => {
  test.each([
    ['in the fit', 'fit mf', [4, 5, 6]],
    ['in a fold', 'fold 2 of 2: mf', [4, 5, 6]],
  ] as const)('stopped %s goes on after the last epoch done and ends in the same bytes', async (_, stage, left) => {
    const [whole, broken] = [`whole ${stage.length}`, `broken ${stage.length}`];
    await train(await settings(whole), listening());
    await interrupted(broken, stage);
    expect(existsSync(join(project.path, broken, 'manifest.json'))).toBe(false);
    const context = epochsOf(stage);
    await train(await settings(broken, { 'train.resume': true }), context);
    expect(context.epochs).toEqual(left);
    expect(context.notices).toContain(`${stage}: goes on after epoch 3.`);
    for (const name of readdirSync(join(project.path, whole))) {
      if (name === 'manifest.json') continue;
      const bytes = readFileSync(join(project.path, broken, name));
      expect({ name, same: bytes.equals(readFileSync(join(project.path, whole, name))) }).toEqual({ name, same: true });
    }
    expect(existsSync(checkpoint(broken))).toBe(false);
  });

  test.each(['mlp', 'rankrouter', 'autorouter', 'gmtrouter', 'personalizedrouter'])(
    'of %s goes on likewise',
    async (router) => {
      const short = router === 'personalizedrouter' ? { train_epoch: 6 } : { epochs: 6 };
      const alone = { 'train.router': [router], 'train.folds': 0, [`routers.${router}`]: { ...short, patience: 6 } };
      await train(await settings(`whole ${router}`, alone), listening());
      const stopped = train(await settings(`broken ${router}`, alone), stopsAt(`fit ${router}`, 3));
      await expect(stopped).rejects.toMatchObject({ code: 'VSR_ABORTED' });
      const context = epochsOf(`fit ${router}`);
      await train(await settings(`broken ${router}`, { ...alone, 'train.resume': true }), context);
      expect(context.epochs).toEqual([4, 5, 6]);
      const weights = (output: string) => readFileSync(join(project.path, output, `${router}.safetensors`));
      expect(weights(`broken ${router}`).equals(weights(`whole ${router}`))).toBe(true);
    },
  );

  test('is not resumed with another configuration: what changed is named, and the checkpoint stays', async () => {
    await interrupted('changed');
    const other = { 'train.resume': true, 'train.folds': 3, 'routers.mf': { num_factors: 2, epochs: 9, patience: 6 } };
    await expect(train(await settings('changed', other), listening())).rejects.toMatchObject({
      code: 'VSR_CONFIG',
      message: `--resume: ${checkpoint('changed').replace(/\/$/, '')} is of another training: train.folds was 2, is 3; routers.mf.epochs was 6, is 9.`,
      hint: 'Undo the change, or train anew without --resume.',
    });
    expect(existsSync(checkpoint('changed', 'fit-mf.safetensors'))).toBe(true);
  });

  test('is not resumed on other outcomes', async () => {
    await interrupted('data');
    project.write('other.jsonl', jsonLines(toyOutcomes(80, 2)));
    const other = await settings('data', { 'train.resume': true, 'data.outcomes': join(project.path, 'other.jsonl') });
    await expect(train(other, listening())).rejects.toMatchObject({
      code: 'VSR_CONFIG',
      message: expect.stringMatching(/is of another training: outcomes was "?[0-9a-f]{64}"?, is "?[0-9a-f]{64}"?\.$/),
    });
  });

  test('starts over without --resume, and says so', async () => {
    await interrupted('over');
    const context = epochsOf('fit mf');
    await train(await settings('over'), context);
    expect(context.epochs).toEqual([1, 2, 3, 4, 5, 6]);
    expect(context.notices).toContain(
      `${join(project.path, 'over/.checkpoint')} held an interrupted training, which starts over without --resume.`,
    );
  });

  test('with a damaged checkpoint is refused by a sentence', async () => {
    await interrupted('damaged');
    writeFileSync(checkpoint('damaged', 'fit-mf.safetensors'), 'no');
    const config = await settings('damaged', { 'train.resume': true });
    await expect(train(config, listening())).rejects.toMatchObject({ code: 'VSR_ARTIFACT' });
  });
});

test('with nothing to resume, training starts from the beginning and says so', async () => {
  const context = listening();
  await train(await settings('fresh', { 'train.resume': true, 'train.folds': 0 }), context);
  expect(context.notices).toContain(
    `${join(project.path, 'fresh/.checkpoint')} holds no interrupted training: it starts from the beginning.`,
  );
  expect(existsSync(checkpoint('fresh'))).toBe(false);
});
