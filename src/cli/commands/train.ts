// vsr train: outcomes → artifacts.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { VsrConfig } from '../../config/schema.js';
import type { PipelineContext } from '../../pipelines/context.js';
import type { TrainResult } from '../../pipelines/train.js';
import { count, counted, fileSize, share } from '../../report/format.js';
import { boxTables } from '../../report/table.js';
import type { CommandModule } from '../command.js';

export const trainCommand: CommandModule = {
  flags: [
    {
      usage: '--example <name>',
      key: ['example'],
      kind: 'text',
      description: 'votes: the bundled votes of 65 people instead of files here',
    },
    {
      usage: '--from-log <file>',
      key: ['train', 'fromLog'],
      kind: 'text',
      description: 'rated answers of vsr serve, after the rows of the data file',
    },
    {
      usage: '--data-file <file>',
      key: ['train', 'dataFile'],
      kind: 'text',
      description: 'outcomes (default data.outcomes, ./outcomes.jsonl, else the bundled example)',
    },
    {
      usage: '--labels <file>',
      key: ['data', 'labels'],
      kind: 'text',
      description: 'labels.jsonl of vsr judge-labels or of people, beside the outcomes',
    },
    {
      usage: '--embeddings <file>',
      key: ['data', 'embeddings'],
      kind: 'text',
      description: 'vectors of the outcomes made before, .npy or .safetensors, a row each; by the configured encoder',
    },
    {
      usage: '--users <file>',
      key: ['data', 'users'],
      kind: 'text',
      description: "users' preferences (default ./users.jsonl)",
    },
    {
      usage: '--votes <file>',
      key: ['data', 'votes'],
      kind: 'text',
      description: "people's votes or ratings: JSON lines, arena Parquet, PersonalizedRouter CSV",
    },
    {
      usage: '--history <file>',
      key: ['data', 'history'],
      kind: 'text',
      description: 'rated turns of conversations, JSON lines',
    },
    {
      usage: '--output-dir <directory>',
      key: ['train', 'outputDir'],
      kind: 'text',
      description: 'where the artifact goes (default artifacts)',
    },
    { usage: '--router <names>', key: ['train', 'router'], kind: 'list', description: 'which routers (default all)' },
    {
      usage: '--export <formats>',
      key: ['train', 'export'],
      kind: 'list',
      description: 'onnx, saved-model: each router also as other software reads it',
    },
    {
      usage: '--quality-weight <share>',
      key: ['objective', 'qualityWeight'],
      kind: 'number',
      description: '0 to 1 (default 0.9)',
    },
    {
      usage: '--cost-weight <share>',
      key: ['objective', 'costWeight'],
      kind: 'number',
      description: '0 to 1; latency takes the rest (default 0)',
    },
    {
      usage: '--thresholds <mode>',
      key: ['objective', 'thresholds', 'mode'],
      kind: 'text',
      description:
        'auto, shared, per_model or off: decide for the cheapest model likely enough (default auto: autorouter)',
    },
    {
      usage: '--target-quality <share>',
      key: ['objective', 'thresholds', 'quality'],
      kind: 'number',
      description: 'of thresholds: the mean quality to reach (default that of the best single model)',
    },
    {
      usage: '--target-cost <dollars>',
      key: ['objective', 'thresholds', 'budget'],
      kind: 'number',
      description: 'of thresholds: dollars per query, and the best quality for them',
    },
    {
      usage: '--split <shares>',
      key: ['train', 'split'],
      kind: 'numbers',
      description: 'train, validation, test (default .8,.1,.1); a split in the data wins',
    },
    {
      usage: '--folds <count>',
      key: ['train', 'folds'],
      kind: 'wholeOrAuto',
      description:
        'out-of-fold scores for analyze; auto = 5 if the test has under 300 queries, else 0; up to 5,000 real votes: 3 of people (default auto)',
    },
    {
      usage: '--split-by <what>',
      key: ['train', 'splitBy'],
      kind: 'text',
      description: 'query, task, user or session: what is held out together (default query)',
    },
    {
      usage: '--calibrate <how>',
      key: ['train', 'calibrate'],
      kind: 'text',
      description: 'auto, isotonic, platt or none: probabilities from validation (default auto)',
    },
    {
      usage: '--leak-check <what>',
      key: ['train', 'leakCheck'],
      kind: 'text',
      description: 'error, warn or exclude, where a text stands in two splits (default error)',
    },
    {
      usage: '--query-limit <count>',
      key: ['train', 'queryLimit'],
      kind: 'whole',
      description: 'learn from a seeded sample of this size, even over tasks (default 0, all)',
    },
    {
      usage: '--engine <name>',
      key: ['train', 'engine'],
      kind: 'text',
      description:
        'auto, native, wasm or js: what trains all but knn, kmeans and svm (default auto: native if it loads, else wasm)',
    },
    {
      usage: '--device <name>',
      key: ['train', 'device'],
      kind: 'text',
      description: 'auto, cpu or cuda (default auto)',
    },
    {
      usage: '--tune <trials>',
      key: ['train', 'tune'],
      kind: 'whole',
      description: 'random trials of parameters per router, cross-validated inside the train rows (default 0, none)',
    },
    {
      usage: '--seeds <count>',
      key: ['train', 'seeds'],
      kind: 'whole',
      description: 'fit every router so often, each with its own seed; vsr analyze tells the spread (default 1)',
    },
    {
      usage: '--add-model <name>',
      key: ['train', 'addModel'],
      kind: 'text',
      description: 'let a model join --artifacts by its outcomes in --data-file, without a new fit; into --output-dir',
    },
    {
      usage: '--artifacts <directory>',
      key: ['train', 'artifacts'],
      kind: 'text',
      description: 'of --add-model: what it joins (default artifacts)',
    },
    {
      usage: '--resume',
      key: ['train', 'resume'],
      kind: 'switch',
      description: 'go on after the last epoch of an interrupted training into --output-dir',
    },
    {
      usage: '--embedding-model <name>',
      key: ['embedding', 'model'],
      kind: 'text',
      description: 'the encoder: static (default), a preset such as minilm or qwen3, or a model of --embedding-url',
    },
    {
      usage: '--embedding-path <folder>',
      key: ['embedding', 'path'],
      kind: 'text',
      description: "the encoder's folder: an ONNX model with its tokenizer.json",
    },
    {
      usage: '--embedding-url <url>',
      key: ['embedding', 'url'],
      kind: 'text',
      description: 'an embedding server: OpenAI-compatible, Text Embeddings Inference, Ollama, Hugging Face',
    },
    {
      usage: '--embedding-dim <count>',
      key: ['embedding', 'dim'],
      kind: 'whole',
      description: 'cut vectors to this width, where the model was trained for it',
    },
    {
      usage: '--allow-remote-images',
      key: ['embedding', 'allowRemoteImages'],
      kind: 'switch',
      description: 'fetch images from http(s) addresses',
    },
    {
      usage: '--encoders <names>',
      key: ['embedding', 'encoders'],
      kind: 'list',
      description: 'several encoders side by side, such as static,lexical; lexical is hashed TF-IDF',
    },
    {
      usage: '--use-fallback',
      key: ['embedding', 'useFallback'],
      kind: 'switch',
      description: 'learn on lexical features where the encoder cannot be used',
    },
    {
      usage: '--category-weight <number>',
      key: ['features', 'category', 'weight'],
      kind: 'number',
      description:
        'of the category beside the embedding; 0 = without (default 0.3 where rows carry a category, else 0)',
    },
    {
      usage: '--knn-k <count>',
      key: ['routers', 'knn', 'k'],
      kind: 'wholeOrAuto',
      description: 'neighbours (default auto: chosen on validation)',
    },
    {
      usage: '--kmeans-clusters <count>',
      key: ['routers', 'kmeans', 'clusters'],
      kind: 'wholeOrAuto',
      description: 'clusters (default auto: chosen on validation)',
    },
  ],
  examples: [
    'vsr train --quality-weight 0.8',
    'vsr train --router knn --folds 5 --output-dir artifacts',
    'vsr train --add-model new-model --data-file new-outcomes.jsonl --output-dir artifacts-new',
  ],
  async run({ load, context, terminal, json }) {
    const { config } = await load();
    const result = await trained(config, context);
    if (json) await terminal.printJson(result);
    else await terminal.print(await trainText(result));
    return 0;
  },
};

async function trained(asked: VsrConfig, context: PipelineContext): Promise<TrainResult> {
  const config =
    asked.train.fromLog === undefined
      ? asked
      : await (await import('../../pipelines/train/from-log.js')).withLogAsOutcomes(asked, context);
  const { addModel: newcomer } = config.train;
  if (newcomer === undefined) return (await import('../../pipelines/train.js')).train(config, context);
  return (await import('../../pipelines/train/add-model.js')).addModel(config, newcomer, context);
}

async function trainText({ directory, manifest }: TrainResult): Promise<string> {
  const { routers, models, bestRouter } = manifest;
  const { split, folds } = manifest.data;
  const draw = await boxTables();
  const { snakeCase } = await import('../../config/keys.js'); // costs zod, which --help does not need
  return [
    `${directory}/: ${counted(Object.keys(routers).length, 'router', 'routers')}${invented(manifest)}, ${counted(models.length, 'model', 'models')}, ` +
      `${count(split.train)} train, ${count(split.validation)} validation, ${counted(split.test, 'test query', 'test queries')}` +
      `${folds > 0 ? `, ${folds} folds` : ''}`,
    draw(
      ['router', 'validation utility', 'validation quality', 'seconds', 'size'].map((head) => ({ head })),
      Object.entries(routers).map(([name, { validation, fitSeconds, file, tensors }]) => [
        name,
        share(validation.n > 0 ? validation.utility : null),
        share(validation.n > 0 ? validation.quality : null),
        fitSeconds.toFixed(1),
        fileSize([file, tensors].reduce((bytes, part) => bytes + statSync(join(directory, part)).size, 0)),
      ]),
    ),
    ...Object.entries(routers).flatMap(([name, { tuning }]) =>
      tuning ? trialTable(draw, name, tuning, snakeCase) : [],
    ),
    `Best on validation: ${bestRouter}. Next: vsr infer --query "…", vsr analyze.`,
  ].join('\n');
}

/** ` (2 on simulated users)` */
function invented({ people }: TrainResult['manifest']): string {
  const count = people?.routers.length ?? 0;
  return count === 0 ? '' : ` (${count} on simulated ${people!.simulated})`;
}

function trialTable(
  draw: Awaited<ReturnType<typeof boxTables>>,
  name: string,
  trials: NonNullable<TrainResult['manifest']['routers'][string]['tuning']>,
  spelled: (name: string) => string,
): string[] {
  return [
    `Trials of ${name}, cross-validated on the train queries:`,
    draw(
      [
        { head: 'trial' },
        { head: 'parameters', align: 'left' },
        { head: 'utility' },
        { head: 'sd' },
        { head: 'quality' },
        { head: '', align: 'left' },
      ],
      trials.map(({ params, utility, utilityDeviation, quality, chosen }, i) => [
        String(i),
        Object.entries(params)
          .map(([key, value]) => `${spelled(key)} ${Array.isArray(value) ? `[${value.join(', ')}]` : value}`)
          .join(', ') || 'as configured',
        share(utility),
        share(utilityDeviation),
        share(quality),
        chosen ? 'chosen' : '',
      ]),
    ),
  ];
}
