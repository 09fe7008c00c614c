// What a catalogue says of a model, as columns beside its win rates: prices, size, context window, and benchmarks where they are asked for.
import { VsrError } from '../../errors/vsr-error.js';
import type { Json, ModelProfile } from '../router.js';
import { type ColumnScale, columnScale, scaled } from './cluster-profile.js';
import type { RankrouterParams } from './params.js';

export interface CatalogueColumn extends ColumnScale {
  readonly kind: 'figure' | 'benchmark';
  readonly name: string;
}

const FIGURES = ['inputPrice', 'outputPrice', 'size', 'contextWindow'] as const;

/**
 * The columns that tell models apart: figures that two models or more have (as ln(1 + x)), and with capability benchmarks every one
 * of the catalogue's. Throws `VSR_TRAINING_DATA` where models have different benchmarks or none.
 */
export function catalogueColumns(
  models: readonly string[],
  profiles: readonly ModelProfile[] | undefined,
  capability: RankrouterParams['capability'],
): CatalogueColumn[] {
  if (capability === 'none') return [];
  const figures = FIGURES.flatMap((name) => {
    const known = (profiles ?? []).flatMap((profile) => figure(profile, name) ?? []);
    const scale = known.length > 1 ? columnScale(known) : { mean: 0, deviation: 0 };
    return scale.deviation > 0 ? [{ kind: 'figure' as const, name, ...scale }] : [];
  });
  if (capability === 'clusters') return figures;
  const names = benchmarkNames(models, profiles ?? []);
  const benchmarks = names.map((name) => ({
    kind: 'benchmark' as const,
    name,
    ...columnScale(profiles!.map(({ capabilities }) => capabilities[name]!)),
  }));
  return [...benchmarks, ...figures];
}

/** One model's values, scaled; what is unknown is 0, the mean. Throws `VSR_TRAINING_DATA` where a benchmark is missing. */
export function catalogueValues(
  model: string,
  profile: ModelProfile | undefined,
  columns: readonly CatalogueColumn[],
): number[] {
  return columns.map((column) => {
    if (column.kind === 'figure') {
      const value = profile && figure(profile, column.name as (typeof FIGURES)[number]);
      return value === null || value === undefined ? 0 : scaled(value, column);
    }
    const value = profile?.capabilities[column.name];
    if (value === undefined || !Number.isFinite(value)) {
      const names = columns.filter(({ kind }) => kind === 'benchmark').map(({ name }) => name);
      throw new VsrError(
        'VSR_TRAINING_DATA',
        `rankrouter: ${model} has no number for the benchmark ${column.name}; the models are known by ${names.join(', ')}.`,
        { hint: `Add it to the capabilities of ${model} in the models file.` },
      );
    }
    return scaled(value, column);
  });
}

/** true where the catalogue says something of the model that the columns can use. */
export function isCatalogued(profile: ModelProfile | undefined, columns: readonly CatalogueColumn[]): boolean {
  if (!profile) return false;
  return columns.some(({ kind, name }) =>
    kind === 'benchmark' ? name in profile.capabilities : figure(profile, name as (typeof FIGURES)[number]) !== null,
  );
}

export function columnsToJson(columns: readonly CatalogueColumn[]): Json {
  return columns.map(({ kind, name, mean, deviation }) => ({ kind, name, mean, deviation }));
}

/** Prices and sizes differ by factors, so their logarithms are compared. */
function figure(profile: ModelProfile, name: (typeof FIGURES)[number]): number | null {
  const value = profile[name];
  return value === null || !(value >= 0) ? null : Math.log1p(value);
}

function benchmarkNames(models: readonly string[], profiles: readonly ModelProfile[]): string[] {
  const of = models.map((_, m) => Object.keys(profiles[m]?.capabilities ?? {}).sort());
  const differing = of.findIndex((names) => names.length === 0 || names.join('\n') !== of[0]!.join('\n'));
  if (differing >= 0) {
    const list = (names: readonly string[]) =>
      `${names.length} benchmarks${names.length ? ` (${names.join(', ')})` : ''}`;
    throw new VsrError(
      'VSR_TRAINING_DATA',
      `rankrouter: capability benchmarks needs the same ones for every model, but ${models[0]} has ${list(of[0]!)} and ${models[differing]} has ${list(of[differing]!)}.`,
      { hint: 'Complete the capabilities in the models file, or set routers.rankrouter.capability to clusters.' },
    );
  }
  models.forEach((model, m) => {
    const bad = of[0]!.find((name) => !Number.isFinite(profiles[m]!.capabilities[name]));
    if (bad === undefined) return;
    throw new VsrError(
      'VSR_TRAINING_DATA',
      `rankrouter: the benchmark ${bad} of ${model} is ${profiles[m]!.capabilities[bad]}; a number is needed.`,
    );
  });
  return of[0]!;
}
