// Parses a router's parameters once; every mistake is named as the configuration file spells it.
import type { z } from 'zod';
import { nearestName } from '../errors/nearest.js';
import { VsrError } from '../errors/vsr-error.js';

/** A z.strictObject with a default for every key. */
export type ParamsSchema<P> = z.ZodType<P> & { readonly shape: Readonly<Record<string, unknown>> };

/** Throws `VSR_ROUTER_PARAMS` for an unknown key (with the nearest known one) or a value out of range. */
export function parseParams<P>(router: string, schema: ParamsSchema<P>, raw: Readonly<Record<string, unknown>>): P {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') throw unknownKey(router, issue.keys[0]!, Object.keys(schema.shape));
  const value = issue.path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)?.[key], raw);
  const key = ['routers', router, ...issue.path.map((part) => snakeCase(String(part)))].join('.');
  throw new VsrError('VSR_ROUTER_PARAMS', `${key}: ${issue.message}, got ${JSON.stringify(value)}.`, {
    hint: `The parameters of ${router} are described in configs/${router}.yaml.`,
  });
}

function unknownKey(router: string, key: string, known: readonly string[]): VsrError {
  const near = nearestName(snakeCase(key), known.map(snakeCase));
  return new VsrError('VSR_ROUTER_PARAMS', `routers.${router}.${snakeCase(key)}: unknown key.`, {
    hint: near ? `Did you mean routers.${router}.${near}?` : `Known are ${known.map(snakeCase).join(', ')}.`,
  });
}

/** `nInit` → `n_init`. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
