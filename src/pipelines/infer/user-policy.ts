// Whose objective decides one query, and under which limits.
import type { Manifest } from '../../artifacts/manifest.js';
import type { VsrConfig } from '../../config/schema.js';
import type { UserPreferences } from '../../data/users.js';
import { nearestName } from '../../errors/nearest.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { DecisionPolicy } from '../../routers/decide.js';
import type { Scale } from '../../routers/router.js';
import { reweigh, reweighByFlags } from '../learning/objective.js';
import type { DecisionBasis } from '../trained/decision-basis.js';

export interface UserPolicy {
  readonly policy: DecisionPolicy;
  /** true: a user was named whom training did not know, so the artifact's objective decides. */
  readonly unknownUser: boolean;
}

/**
 * The flag's weights beat the user's, which beat the artifact's; thresholds given beat weights, which beat those of the artifact.
 * Throws `VSR_MODEL_UNKNOWN` for an unknown candidate or fallback, `VSR_CONFIG` for thresholds that are no probabilities.
 */
export function userPolicies(
  manifest: Manifest,
  users: ReadonlyMap<string, UserPreferences>,
  scale: Scale,
  config: VsrConfig['infer'],
  basis: DecisionBasis = {},
): (userId: string | null) => UserPolicy {
  checkModels(config.candidates ?? [], manifest.models);
  checkModels(config.fallback ? [config.fallback] : [], manifest.models);
  if (config.thresholds) checkThresholds(config.thresholds, manifest.models, scale);
  const stats = manifest.models.map((model) => manifest.modelStats[model]!);
  const fixed = {
    models: manifest.models,
    stats,
    scale,
    ...(config.candidates && { candidates: new Set(config.candidates) }),
    ...(config.maxCost !== undefined && { maxCost: config.maxCost }),
    ...(config.maxLatency !== undefined && { maxLatency: config.maxLatency }),
    abilities: basis.abilities,
    coldStart: basis.coldStart,
    fallback: config.fallback ?? manifest.bestSingle,
  };
  const byFlag = reweighByFlags(manifest.objective, config, stats);
  return (userId) => {
    const user = userId === null ? undefined : users.get(userId);
    const own = user && reweigh(manifest.objective, { qualityWeight: user.quality, costWeight: user.cost }, stats);
    return {
      policy: {
        ...fixed,
        objective: byFlag ?? own ?? manifest.objective,
        // Whoever says what weighs how much has said it instead of the tuned goal.
        thresholds: config.thresholds ?? ((byFlag ?? own) ? undefined : basis.thresholds),
      },
      unknownUser: userId !== null && user === undefined,
    };
  };
}

function checkThresholds(thresholds: Readonly<Record<string, number>>, known: readonly string[], scale: Scale): void {
  checkModels(Object.keys(thresholds), known);
  for (const [model, value] of Object.entries(thresholds)) {
    if (value >= 0 && value <= 1) continue;
    throw new VsrError(
      'VSR_CONFIG',
      `infer.thresholds.${model}: thresholds are probabilities from 0 to 1, got ${value}.`,
      {
        ...(value > 1 && value <= 100 && { hint: `Did you mean ${value / 100}?` }),
      },
    );
  }
  if (scale === 'quality') return;
  throw new VsrError(
    'VSR_CONFIG',
    'infer.thresholds: the scores of this router rank models, they are no probabilities.',
    {
      hint: 'Use a router that scores quality, such as autorouter, or leave the thresholds out.',
    },
  );
}

function checkModels(names: readonly string[], known: readonly string[]): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = nearestName(name, known);
    throw new VsrError('VSR_MODEL_UNKNOWN', `Model ${name} is not in the artifact; it knows ${known.join(', ')}.`, {
      ...(near && { hint: `Did you mean ${near}?` }),
    });
  }
}
