// What is sent to a model: the query, and in what form its scorer will look for the answer.
import { createHash } from 'node:crypto';
import type { Query } from '../../data/query.js';
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
  code: ({ query }) => `${query}\n\nGive the whole solution in one Python code block.`,
};

/** The user message for a query that this scorer will judge. */
export function promptFor(query: Query, scorer: ScorerName): string {
  return TEMPLATES[scorer]?.(query) ?? query.query;
}

/** Changes whenever a template does: answers to another wording are other answers. */
export const TEMPLATE_HASH: string = createHash('sha256')
  .update(
    JSON.stringify(
      Object.keys(TEMPLATES)
        .sort()
        .map((scorer) => [scorer, promptFor(SAMPLE(), scorer as ScorerName)]),
    ),
  )
  .digest('hex')
  .slice(0, 16);

/** `A. text` lines, unless every option text stands in the query already. */
function optionLines({ query, choices }: Query): string[] {
  if (!choices || choices.text.every((text) => query.includes(text))) return [];
  return [choices.labels.map((label, i) => `${label}. ${choices.text[i]}`).join('\n')];
}

/** A query that makes every template show all it has. */
function SAMPLE(): Query {
  return {
    id: '',
    query: 'query',
    groundTruth: null,
    metric: null,
    choices: { labels: ['A', 'B'], text: ['first', 'second'] },
    category: null,
    taskName: null,
    userId: null,
    sessionId: null,
    images: [],
    split: null,
    extra: {},
  };
}
