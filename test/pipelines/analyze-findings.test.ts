// analyze beside its main report: outcomes alone, artifacts side by side, recorded decisions, the configuration.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { analysisFor } from '../../src/cli/analysis.js';
import type { ConfigurationReport } from '../../src/evaluation/configuration.js';
import type { Deployed } from '../../src/evaluation/deployed.js';
import type { Diagnosis } from '../../src/evaluation/diagnosis.js';
import type { SideBySide } from '../../src/evaluation/side-by-side.js';
import { analyze } from '../../src/pipelines/analyze.js';
import { train } from '../../src/pipelines/train.js';
import { renderFindings } from '../../src/report/html/findings-page.js';
import { renderSheet } from '../../src/report/sheet.js';
import { temporaryFolder } from '../temporary-folder.js';
import { configIn, jsonLines, listening, toyOutcomes } from './toy-project.js';

const project = temporaryFolder();
const OUTCOMES = toyOutcomes(200).map((row, i) => ({ ...row, id: `q${i}` }));
const at = (name: string) => join(project.path, name);
const settings = (more: Record<string, unknown> = {}) =>
  configIn(project.path, { 'objective.quality_weight': 1, 'train.folds': 4, ...more });
const findings = async <T>(more: Record<string, unknown>, context = listening()) => {
  const config = await settings(more);
  const { artifacts, ...rest } = config.analyze;
  const analysis = await analysisFor(
    { ...config, analyze: config.analyze.compare ? rest : { ...rest, artifacts } },
    context,
  );
  if (analysis.kind !== 'findings') throw new Error('expected findings');
  for (const markdown of [false, true]) {
    const text = await renderSheet(analysis.sheet, { markdown });
    expect(text).not.toMatch(/NaN|undefined|\bnull\b|Infinity/);
    expect(text.split('\n').filter((line) => line.length > 100 && !markdown)).toEqual([]);
  }
  const page = renderFindings(analysis);
  expect(page).toContain('</html>');
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  expect([...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id).filter((id) => !ids.has(id))).toEqual([]);
  expect(page.includes('id="plot-learning"')).toBe(analysis.diagnosis !== undefined);
  return { json: analysis.json as T, no: analysis.no };
};

beforeAll(async () => {
  project.write('outcomes.jsonl', jsonLines(OUTCOMES));
  await train(await settings(), listening());
  // The other one learned from outcomes that were mixed up: its neighbours tell it nothing.
  const mixed = OUTCOMES.map((row, i) => ({ ...row, outcomes: OUTCOMES[(i * 7 + 3) % OUTCOMES.length]!.outcomes }));
  project.write('mixed.jsonl', jsonLines(mixed));
  await train(
    await settings({ 'train.data_file': at('mixed.jsonl'), 'train.output_dir': at('mixed'), 'train.router': ['knn'] }),
    listening(),
  );
}, 60_000);

describe('outcomes alone', () => {
  test('a separable project is worth training: lookup and neighbours find the gain out of sample', async () => {
    const { json, no } = await findings<Diagnosis>({ 'analyze.only': 'data', 'analyze.fail_on': 'inconclusive' });
    expect([json.schema, json.verdict.kind, json.verdict.neededQueries, no]).toEqual([
      'vsr.diagnosis/1',
      'train',
      null,
      false,
    ]);
    expect(json.curve.map(({ share }) => share)).toEqual([0.25, 0.5, 1]);
    const last = json.curve.at(-1)!;
    expect([last.judged, last.learned, last.lookup.quality]).toEqual([200, 160, 1]);
    expect(last.lookup.difference!.delta).toBeCloseTo(1 - last.bestSingle.quality!, 12);
    expect(last.knn!.quality!).toBeGreaterThan(0.95);
    expect(json.routability.locality!.p).toBeLessThan(0.01);
    // The generalist is alone right on no query: one of the two others always is.
    expect(json.models[0]).toEqual({ model: 'generalist', oracleLoss: 0, uniqueBest: 0 });
  });

  test('where all models are alike there is nothing to train for, and the gate says no', async () => {
    const same = OUTCOMES.map(({ outcomes: { cook }, ...row }) => ({ ...row, outcomes: { cook, twin: cook } }));
    project.write('same.jsonl', jsonLines(same));
    const { json, no } = await findings<Diagnosis>({
      'analyze.only': 'data',
      'analyze.data_file': at('same.jsonl'),
      'analyze.fail_on': 'do-not-route',
    });
    expect([json.verdict.kind, json.routability.headroom, no]).toEqual(['do-not-train', 0, true]);
  });

  test('repeated answers give the noise floor', async () => {
    const noisy = OUTCOMES.map((row, i) => ({
      ...row,
      outcomes: { a: { quality: 1, status: 'ok', repeats: [1, i % 4 === 0 ? 0 : 1] }, b: { quality: 0, status: 'ok' } },
    }));
    project.write('noisy.jsonl', jsonLines(noisy));
    const { json } = await findings<Diagnosis>({ 'analyze.only': 'data', 'analyze.data_file': at('noisy.jsonl') });
    expect(json.data.cells).toEqual({ scored: 400, repeated: 200, changed: 50, unparsed: 0 });
  });

  test('one query is refused in a sentence, one model still described', async () => {
    project.write('one.jsonl', jsonLines(OUTCOMES.slice(0, 1)));
    await expect(
      analysisFor(await settings({ 'analyze.only': 'data', 'analyze.data_file': at('one.jsonl') }), listening()),
    ).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: expect.stringContaining('1 query is too few'),
      hint: expect.stringMatching(/all that is known is the mean quality: mathematician 1\.000, .*cook 0\.000/),
    });
    project.write(
      'single.jsonl',
      jsonLines(OUTCOMES.map(({ outcomes: { cook }, ...row }) => ({ ...row, outcomes: { cook } }))),
    );
    const { json } = await findings<Diagnosis>({ 'analyze.only': 'data', 'analyze.data_file': at('single.jsonl') });
    expect([json.verdict.kind, json.data.models.length]).toEqual(['do-not-train', 1]);
  });
});

describe('outcomes of other models', () => {
  const renamed = (names: Readonly<Record<string, string>>) =>
    jsonLines(
      OUTCOMES.map(({ outcomes, ...row }) => ({
        ...row,
        outcomes: Object.fromEntries(Object.entries(outcomes).map(([model, cell]) => [names[model] ?? model, cell])),
      })),
    );

  test('some: what differs is said, and what can be judged still is', async () => {
    project.write('renamed.jsonl', renamed({ generalist: 'newcomer' }));
    const context = listening();
    const config = await settings({ 'data.outcomes': at('renamed.jsonl') });
    const { reports } = await analyze(config, context);
    expect(context.warnings.join('\n')).toMatch(
      /without outcomes here: generalist .*unknown to the artifact: newcomer/,
    );
    expect(reports[0].verdict.kind).toBe('route');
    expect(reports[0].setup!.strays.unlearned).toEqual(['newcomer']);
    expect(reports[0].learningCurve!.steps.every(({ knn }) => knn === null)).toBe(true);
  });

  test('all: refused with both lists', async () => {
    project.write('strangers.jsonl', renamed({ generalist: 'x', cook: 'y', mathematician: 'z' }));
    await expect(
      analyze(await settings({ 'data.outcomes': at('strangers.jsonl') }), listening()),
    ).rejects.toMatchObject({
      code: 'VSR_MODEL_UNKNOWN',
      message: expect.stringMatching(/it has z, y, x; the artifact mathematician, cook, generalist/),
    });
  });

  test('one query of all that were folded: no baseline to learn from, said in a sentence', async () => {
    project.write('lone.jsonl', jsonLines(OUTCOMES.slice(0, 1)));
    await expect(analyze(await settings({ 'data.outcomes': at('lone.jsonl') }), listening())).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: expect.stringContaining('no held-out query is left to judge on'),
    });
  });
});

describe('artifacts side by side', () => {
  test('the one that learned from noise is worse, and --compare says so with its exit code', async () => {
    const { json, no } = await findings<SideBySide>({
      'analyze.artifacts': undefined,
      'analyze.compare': [at('artifacts'), at('mixed')],
    });
    expect([json.verdict.kind, json.queries, no]).toEqual(['worse', 200, true]);
    const [, mixed] = json.sides;
    expect(mixed!.against!.utility.high).toBeLessThan(0);
    expect(mixed!.against!.utility.delta).toBeCloseTo(mixed!.utility! - json.sides[0]!.utility!, 12);
  });

  test('the other way round it is better; an artifact against itself differs nowhere', async () => {
    const better = await findings<SideBySide>({ 'analyze.artifacts': [at('mixed'), at('artifacts')] });
    expect([better.json.verdict.kind, better.no]).toEqual(['better', false]);
    const same = await findings<SideBySide>({ 'analyze.artifacts': [at('artifacts'), at('artifacts')] });
    expect([same.json.verdict.kind, same.json.sides[1]!.against!.moved]).toEqual(['no-difference', 0]);
  });
});

describe('recorded decisions', () => {
  const kindOf = (i: number) => (i % 2 === 0 ? 'mathematician' : 'cook');
  const decide = (name: string, count: number, model: (i: number) => string) =>
    writeFileSync(
      at(name),
      jsonLines(
        Array.from({ length: count }, (_, i) => ({
          id: `q${i}`,
          router: 'knn',
          model: model(i),
          ranking: [{ model: model(i), score: 0.9, expectedCost: 4e-5 }],
        })),
      ),
    );

  test('earn what the outcomes say, against the best single model where it was asked too', async () => {
    decide('decisions.jsonl', 210, kindOf);
    const { json } = await findings<Deployed>({ 'analyze.decisions': at('decisions.jsonl') });
    expect([json.verdict.kind, json.decisions, json.matched, json.answered]).toEqual(['gain', 210, 200, 200]);
    expect([json.earned.quality, json.earned.cost]).toEqual([1, expect.closeTo(3e-5, 12)]);
    expect([json.expected.quality, json.expected.cost]).toEqual([expect.closeTo(0.9, 9), expect.closeTo(4e-5, 12)]);
    expect(json.counterfactual!.utility.delta).toBeCloseTo(0.5, 1);
    expect(json.warnings).toEqual(['10 of 210 decisions are about queries without outcomes.']);
  });

  test('without a second answer to a query no gain is claimed', async () => {
    project.write(
      'alone.jsonl',
      jsonLines(OUTCOMES.map((row, i) => ({ ...row, outcomes: { [kindOf(i)]: row.outcomes[kindOf(i)] } }))),
    );
    decide('decisions.jsonl', 200, (i) => (i < 100 ? 'stranger' : kindOf(i)));
    const { json } = await findings<Deployed>({
      'analyze.decisions': at('decisions.jsonl'),
      'analyze.data_file': at('alone.jsonl'),
    });
    expect([json.answered, json.regret]).toEqual([100, null]);
    expect(json.warnings).toContain('The outcomes know nothing of stranger: decisions for it count as unanswered.');
  });

  test('ids that do not meet are refused in a sentence', async () => {
    writeFileSync(at('decisions.jsonl'), jsonLines([{ id: 'elsewhere', model: 'cook' }]));
    await expect(
      analysisFor(await settings({ 'analyze.decisions': at('decisions.jsonl') }), listening()),
    ).rejects.toMatchObject({ code: 'VSR_DATA', message: expect.stringContaining('None of the 1 ids') });
  });
});

describe('the configuration', () => {
  test('names trainable decisions, models without data, data without models and missing prices', async () => {
    const { json } = await findings<ConfigurationReport>({
      'analyze.only': 'config',
      model_config: { cook: { pricing: { prompt_per_1m: 1, completion_per_1m: 2 } } },
      decisions: [
        { name: 'math', algorithm: { type: 'knn' }, modelRefs: [{ model: 'mathematician' }, { model: 'cook' }] },
        { name: 'law', modelRefs: [{ model: 'cook' }, { model: 'lawyer' }] },
        { name: 'other', modelRefs: [{ model: 'cook' }] },
      ],
    });
    expect(json.decisions.map(({ name, trainable, queries }) => [name, trainable, queries])).toEqual([
      ['math', true, 200],
      ['law', false, 0],
      ['other', false, 0],
    ]);
    expect(json.verdict.sentence).toBe('Configuration: 1 of 3 decisions can be trained (math).');
    expect(json.warnings.map((text) => text.split('.')[0])).toEqual([
      'Configured, but without any scored answer: lawyer',
      'In the outcomes, but not configured: generalist',
      'Without a price: mathematician, lawyer, generalist',
    ]);
  });
});

test('modes that exclude each other are refused', async () => {
  const refused = (more: Record<string, unknown>) => settings(more).then((config) => analysisFor(config, listening()));
  await expect(refused({ 'analyze.only': 'data', 'analyze.decisions': 'd.jsonl' })).rejects.toMatchObject({
    code: 'VSR_USAGE',
  });
  await expect(refused({ 'analyze.compare': ['a', 'b'] })).rejects.toMatchObject({ code: 'VSR_USAGE' });
});
