// What is sent to a model: the query, and in what form its scorer will look for the answer.
import { createHash } from 'node:crypto';
import { parsePythonLiteral } from '../../data/python-literal.js';
import { bareQuery, type Query } from '../../data/query.js';
import { lastFunctionOf } from '../../scoring/code/answer-code.js';
import { testedFunction, testsOf } from '../../scoring/code/code-tests.js';
import type { ScorerName } from '../../scoring/registry.js';

type Template = (query: Query) => string;

const LETTER = 'End with the letter of the right option in parentheses, like (A).';
const SHORT = 'Answer in a few words.';

/** Scorers that are not named get the query alone. */
const TEMPLATES: Readonly<Partial<Record<ScorerName, Template>>> = {
  'multiple-choice': (query) => [query.query, ...optionLines(query), LETTER].join('\n\n'),
  numeric: ({ query }) => `${query}\n\nEnd with the final number on a line of its own, like #### 42.`,
  math: ({ query }) => `${query}\n\nPut the final answer in \\boxed{}.`,
  exact: ({ query }) => `${query}\n\n${SHORT}`,
  contains: ({ query }) => `${query}\n\n${SHORT}`,
  f1: ({ query }) => `${query}\n\n${SHORT}`,
  cemf1: ({ query }) => `${query}\n\n${SHORT}`,
  code: (query) => `${query.query}\n\nGive the whole solution in one Python code block.${functionName(query)}`,
};

/** The answer and nothing else, in the form that the scorer reads first. */
const CONCISE: Readonly<Partial<Record<ScorerName, Template>>> = {
  'multiple-choice': (query) =>
    [query.query, ...optionLines(query), `Reply with the letter alone: ${labelsOf(query)}.`].join('\n\n'),
  numeric: ({ query }) => `${query}\n\nReply with the final number alone, like #### 42.`,
  math: ({ query }) => `${query}\n\nReply with the final answer alone, in \\boxed{}.`,
  exact: ({ query }) => `${query}\n\nReply with the answer alone.`,
  contains: ({ query }) => `${query}\n\nReply with the answer alone.`,
  f1: ({ query }) => `${query}\n\nReply with the answer alone.`,
  cemf1: ({ query }) => `${query}\n\nReply with the answer alone.`,
  code: (query) => `${query.query}\n\nReply with one Python code block alone.${functionName(query)}`,
};

/** The user message for a query that this scorer will judge. */
export function promptFor(query: Query, scorer: ScorerName, concise = false): string {
  return (concise ? CONCISE : TEMPLATES)[scorer]?.(query) ?? query.query;
}

/** Changes whenever a template does: answers to another wording are other answers. */
export function templateHash(concise = false): string {
  const scorers = Object.keys(concise ? CONCISE : TEMPLATES).sort() as ScorerName[];
  const samples = scorers.map((scorer) => [scorer, promptFor(SAMPLE, scorer, concise)]);
  return createHash('sha256').update(JSON.stringify(samples)).digest('hex').slice(0, 16);
}

/** `A. text` lines, unless every option text stands in the query already. */
function optionLines({ query, choices }: Query): string[] {
  if (!choices || choices.text.every((text) => query.includes(text))) return [];
  return [choices.labels.map((label, i) => `${label}. ${choices.text[i]}`).join('\n')];
}

/** "A, B or C" */
function labelsOf({ choices }: Query): string {
  const labels = choices?.labels ?? ['A', 'B'];
  return labels.length > 1 ? `${labels.slice(0, -1).join(', ')} or ${labels.at(-1)}` : labels.join('');
}

/** Tests call the function by its name, which a query in prose does not tell. */
function functionName({ query, groundTruth }: Query): string {
  if (groundTruth === null || lastFunctionOf(query) !== null) return '';
  try {
    const name = testedFunction(testsOf(groundTruth, query, parsePythonLiteral));
    return name === null || query.includes(name) ? '' : ` Call the function ${name}.`;
  } catch {
    // A truth that cannot be read is refused where it would be used.
    return '';
  }
}

/** A query that makes every template show all it has. */
const SAMPLE: Query = {
  ...bareQuery('query'),
  groundTruth: "['assert solve(1) == 1']",
  choices: { labels: ['A', 'B'], text: ['first', 'second'] },
};
