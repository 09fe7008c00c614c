// Refuses to judge what does not fit together.
import { VsrError } from '../errors/vsr-error.js';
import type { EvaluationInput } from './evaluate-routers.js';

/** Throws `VSR_DATA`. */
export function checkEvaluation({ train, test, testGroups, folds, routers, vectors }: EvaluationInput): void {
  const rows = test.queries.length;
  if (rows === 0) refuse('there is no query to judge', 'Benchmark more queries, or train with --folds.');
  if (routers.length === 0) refuse('there is no router to judge', 'Run `vsr train` first.');
  expectRows('groups', testGroups.length, rows);
  for (const { name, choices } of routers) {
    expectRows(`choices of ${name}`, choices.length, rows);
    const wrong = choices.find((model) => model < -1 || model >= test.models.length);
    if (wrong !== undefined) refuse(`${name} chose model number ${wrong} of ${test.models.length}`);
  }
  if (folds) {
    expectRows('folds', folds.length, rows);
    if (new Set(folds).size < 2) refuse('out-of-fold rows need at least 2 folds');
  } else if (!train || train.queries.length === 0) {
    refuse('there is no train row to learn the baselines from');
  } else if (train.models.join('\n') !== test.models.join('\n')) {
    refuse(`train knows the models ${train.models.join(', ')}, test ${test.models.join(', ')}`);
  }
  const learned = folds ? test : train!;
  if (vectors) expectRows('vectors', vectors.rows, learned.queries.length);
}

function expectRows(what: string, got: number, rows: number): void {
  if (got !== rows) refuse(`expected ${rows} ${what}, got ${got}`);
}

function refuse(message: string, hint?: string): never {
  throw new VsrError('VSR_DATA', `analyze: ${message}.`, hint === undefined ? {} : { hint });
}
