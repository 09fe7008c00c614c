// What an artifact says about its models that decisions heed: what each takes, who joined with too little, and tuned thresholds.
import type { ArtifactDirectory } from '../../artifacts/artifact-directory.js';
import type { RouterEntry } from '../../artifacts/manifest.js';
import { takesImages } from '../../data/catalogue.js';
import type { DecisionPolicy } from '../../routers/decide.js';
import type { ModelAbilities } from '../../routers/decide-masks.js';
import { readModelEntries } from './companion-files.js';

export type DecisionBasis = Pick<DecisionPolicy, 'abilities' | 'coldStart' | 'thresholds'>;

export function decisionBasis(artifact: ArtifactDirectory, router: string): DecisionBasis {
  const { models, routers } = artifact.manifest;
  const { coldStart, thresholds } = routers[router] ?? {};
  const entries = readModelEntries(artifact);
  return {
    abilities: modelAbilities(models, (model) => entries[model]),
    ...(coldStart && { coldStart: new Set(coldStart) }),
    ...(thresholds && { thresholds: reachable(thresholds.models) }),
  };
}

/** How a router with this entry decides where nobody asks for weights. */
export function decidingPolicy<P extends Omit<DecisionPolicy, 'scale'>>(
  policy: P,
  { scale, calibration, thresholds }: Pick<RouterEntry, 'scale' | 'calibration' | 'thresholds'>,
): P & DecisionPolicy {
  return {
    ...policy,
    scale,
    ...(thresholds && { thresholds: reachable(thresholds.models), calibrators: calibration?.models }),
  };
}

/** @param entryOf of a catalogue; what it leaves out is unknown */
export function modelAbilities(
  models: readonly string[],
  entryOf: (
    model: string,
  ) => { readonly modalities?: readonly string[]; readonly contextWindow?: number | null } | undefined,
): ModelAbilities[] {
  return models.map((model) => {
    const { modalities, contextWindow } = entryOf(model) ?? {};
    return { takesImages: takesImages(modalities ?? []), contextWindow: contextWindow ?? null };
  });
}

/** Without the models of which no chance is enough (null): these may still be the likeliest where none qualifies. */
export function reachable(thresholds: Readonly<Record<string, number | null>>): Record<string, number> {
  return Object.fromEntries(Object.entries(thresholds).filter((entry): entry is [string, number] => entry[1] !== null));
}
