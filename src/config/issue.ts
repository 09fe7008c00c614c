// One sentence about what is wrong with a configuration value: where, what was expected, what came.
import type { z } from 'zod';
import { nearestName } from '../errors/nearest.js';
import { VsrError } from '../errors/vsr-error.js';
import { snakeCase } from './keys.js';
import { type Path, valueAt } from './paths.js';
import { describe } from './read-yaml.js';

type Issue = z.core.$ZodIssue;

export interface Where {
  /** vsr.yaml:12, --set a.b, or a flag. */
  readonly place: string;
  /** The key in file spelling; undefined where the place says it already. */
  readonly key: string | undefined;
}

/** The error for the schema's first complaint about `tree`. */
export function issueError(issue: Issue, tree: unknown, where: (path: Path) => Where): VsrError {
  const path = issue.path as Path;
  const { place, key } = where(path);
  const named = key === undefined || place.endsWith(` ${key}`) ? place : `${place}: ${key}`;
  const ownSentence = issue.code === 'custom' && !issue.message.startsWith(SAID);
  if (ownSentence) return new VsrError('VSR_CONFIG', `${named}: ${issue.message}.`);
  const value = valueAt(tree, path);
  const secret = /^(apiKey|accessKey|hash)$/.test(String(path.at(-1))) || path.includes('headers');
  const came = value === undefined ? 'nothing' : secret ? 'something else' : describe(value);
  const choices = allowed(issue);
  const near = typeof value === 'string' && nearestName(value, choices);
  return new VsrError('VSR_CONFIG', `${named}: expected ${expected(issue)}, got ${came}.`, {
    ...(near && { hint: `Did you mean ${near}?` }),
    ...(value === undefined && path.length > 0 && { hint: `Add ${snakeCase(String(path.at(-1)))}.` }),
  });
}

function expected(issue: Issue): string {
  if (issue.message.startsWith(SAID)) return issue.message.slice(SAID.length);
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_NAMES[issue.expected] ?? `a ${issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'invalid_union':
      return issue.errors.map((alternative) => (alternative[0] ? expected(alternative[0]) : 'a value')).join(' or ');
    case 'too_small':
      return bound(issue.origin, issue.inclusive ? 'at least' : 'more than', Number(issue.minimum));
    case 'too_big':
      return bound(issue.origin, issue.inclusive ? 'at most' : 'less than', Number(issue.maximum));
    default:
      return issue.message;
  }
}

/** How a schema's own sentence about a value begins. */
const SAID = 'expected ';

const TYPE_NAMES: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'keys with values',
  record: 'keys with values',
};

function bound(origin: string, relation: string, limit: number): string {
  if (origin === 'string') return limit === 1 ? 'a text that is not empty' : `${relation} ${limit} characters`;
  if (origin === 'array') return `a list of ${relation} ${limit}`;
  return `a number ${relation === 'at least' || relation === 'at most' ? `of ${relation}` : relation} ${limit}`;
}

function allowed(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code === 'invalid_union') return issue.errors.flatMap((alternative) => alternative.flatMap(allowed));
  return [];
}
