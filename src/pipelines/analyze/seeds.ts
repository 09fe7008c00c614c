// The figures of every router over several seeds: refits that training stored, else made here.
import type { VsrConfig } from '../../config/schema.js';
import { type TrainingNoise, trainingNoise } from '../../evaluation/training-noise.js';
import { type Matrix, rowOf } from '../../math/matrix.js';
import { loadRouter } from '../../routers/registry.js';
import type { PipelineContext } from '../context.js';
import { tableImages } from '../learning/table-images.js';
import { preparePeople } from '../people/prepare-people.js';
import { openedEngine } from '../train/engine.js';
import { choose, type RouterRequest } from '../train/fit-routers.js';
import { refit } from '../train/refits.js';
import { rowsOf } from '../train/rows.js';
import { featureRows } from '../trained/feature-rows.js';
import { readRefits } from '../trained/refit-files.js';
import type { RouterChoices } from './choices.js';
import type { Judged } from './judged.js';
import { partOf } from './part.js';

export interface SeedsInput {
  readonly rows: Int32Array;
  /** Of the artifact's own fits, on `rows`. */
  readonly routers: readonly RouterChoices[];
  readonly bestSingle: string;
  readonly label: string;
}

/** null where nobody asked for seeds and training stored none. Throws what fitting throws. */
export async function seedsReport(
  config: VsrConfig,
  judged: Judged,
  { rows, routers, bestSingle, label }: SeedsInput,
  context: PipelineContext,
): Promise<TrainingNoise | null> {
  const { table } = judged.data;
  const scores = await refitScores(config, judged, rows, context);
  if (!scores) return null;
  const fits = Object.fromEntries(
    routers.flatMap(({ name, choices, policy }) => {
      const refits = policy ? (scores[name] ?? []) : [];
      const chosen = refits.map((matrix) =>
        rows.map((row, i) => {
          const scored = rowOf(matrix, i);
          return Number.isNaN(scored[0]) ? -1 : choose(table, row, scored, policy!);
        }),
      );
      return [[name, [choices, ...chosen]]];
    }),
  );
  return trainingNoise({ judged: partOf(table, rows), objective: judged.objective, bestSingle, label, fits });
}

/** Per router and refit [rows × M]; rows that were not there at training are NaN. */
async function refitScores(
  config: VsrConfig,
  judged: Judged,
  rows: Int32Array,
  context: PipelineContext,
): Promise<Readonly<Record<string, readonly Matrix[]>> | undefined> {
  const { trained, data } = judged;
  const { seeds } = config.analyze;
  const stored = readRefits(trained.artifact);
  const enough = stored && Object.values(stored.scores).every((own) => seeds === undefined || own.length >= seeds - 1);
  if (!enough)
    return seeds === undefined || seeds < 2 ? undefined : await refitNow(config, judged, rows, seeds, context);
  const at = new Map(stored.ids.map((id, i) => [id, i]));
  const taken = (matrix: Matrix): Matrix => {
    const values = new Float32Array(rows.length * matrix.cols).fill(Number.NaN);
    rows.forEach((row, i) => {
      const from = at.get(data.table.queries[row]!.id);
      if (from !== undefined) values.set(rowOf(matrix, from), i * matrix.cols);
    });
    return { rows: rows.length, cols: matrix.cols, data: values };
  };
  return Object.fromEntries(
    Object.entries(stored.scores).map(([name, own]) => [
      name,
      own.slice(0, seeds === undefined ? own.length : seeds - 1).map(taken),
    ]),
  );
}

async function refitNow(
  config: VsrConfig,
  { trained, data, objective }: Judged,
  rows: Int32Array,
  seeds: number,
  context: PipelineContext,
): Promise<Readonly<Record<string, readonly Matrix[]>>> {
  const { manifest } = trained.artifact;
  const requests = await refittable(manifest, context);
  const engine = await openedEngine(config, requests, context);
  const learn = rowsOf(data).train;
  const features = await featureRows(trained, data.table, [learn, rows], config.embedding.cacheDir, context);
  const names = requests.map(({ name }) => name);
  const own = { ...config, seed: manifest.seed };
  const people = await preparePeople(own, data, trained.encoder, trained.space, names, context);
  const seen = [learn, rows];
  const images = await tableImages(config.embedding.cacheDir, data, trained.encoder, seen, names, context);
  const learning = { table: data.table, features, images, groups: data.groups, units: data.units, people };
  const training = engine ? { engine: config.train.engine, device: config.train.device } : undefined;
  const run = { seeds, seed: manifest.seed, objective, training };
  return (await refit(requests, learning, { learn, rows }, run, context)).scores;
}

/** Routers that learned from real people can only be learned again where these are: in training. */
async function refittable(
  { routers, people }: Judged['trained']['artifact']['manifest'],
  context: PipelineContext,
): Promise<RouterRequest[]> {
  const requests = Object.entries(routers).map(([name, { params }]) => ({ name, params }));
  if (!people || people.simulated === 'users') return requests;
  const needs = await Promise.all(requests.map(async ({ name }) => (await loadRouter(name)).needs));
  const personal = requests.filter((_, i) => needs[i]!.users || needs[i]!.interactions || needs[i]!.votes);
  if (personal.length > 0) {
    context.onWarning?.(
      `${personal.map(({ name }) => name).join(', ')} learned from people and cannot be learned again here: train with --seeds for their spread.`,
    );
  }
  return requests.filter((request) => !personal.includes(request));
}
