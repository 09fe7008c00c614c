// Whose objective decides one query, and under which limits.
import type { Manifest } from '../../artifacts/manifest.js';
import type { VsrConfig } from '../../config/schema.js';
import type { UserPreferences } from '../../data/users.js';
import { nearestName } from '../../errors/nearest.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { DecisionPolicy } from '../../routers/decide.js';
import type { Scale } from '../../routers/router.js';
import { reweigh, reweighByFlags } from '../learning/objective.js';

export interface UserPolicy {
  readonly policy: DecisionPolicy;
  /** true: a user was named whom training did not know, so the artifact's objective decides. */
  readonly unknownUser: boolean;
}

/** The flag's weights beat the user's, which beat the artifact's. Throws `VSR_MODEL_UNKNOWN` for an unknown candidate or fallback. */
export function userPolicies(
  manifest: Manifest,
  users: ReadonlyMap<string, UserPreferences>,
  scale: Scale,
  config: VsrConfig['infer'],
): (userId: string | null) => UserPolicy {
  checkModels(config.candidates ?? [], manifest.models);
  checkModels(config.fallback ? [config.fallback] : [], manifest.models);
  const stats = manifest.models.map((model) => manifest.modelStats[model]!);
  const fixed = {
    models: manifest.models,
    stats,
    scale,
    ...(config.candidates && { candidates: new Set(config.candidates) }),
    ...(config.maxCost !== undefined && { maxCost: config.maxCost }),
    fallback: config.fallback ?? manifest.bestSingle,
  };
  const byFlag = reweighByFlags(manifest.objective, config, stats);
  return (userId) => {
    const user = userId === null ? undefined : users.get(userId);
    const own = user && reweigh(manifest.objective, { qualityWeight: user.quality, costWeight: user.cost }, stats);
    return {
      policy: { ...fixed, objective: byFlag ?? own ?? manifest.objective },
      unknownUser: userId !== null && user === undefined,
    };
  };
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
