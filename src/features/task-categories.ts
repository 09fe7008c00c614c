// Which category the queries of a well-known benchmark have: labels for the classifier where rows carry none.
import { normaliseCategory } from '../data/category.js';

/** Benchmarks whose queries mix several categories (arc_challenge, gpqa, mmlu as a whole) are left out. */
const TASKS: Readonly<Record<string, string>> = {
  ...every('math', 'gsm8k gsm_hard math math500 mgsm agentverse_mgsm svamp asdiv aqua_rat mathqa aime minerva_math'),
  ...every('computer science', 'human_eval humaneval mbpp apps livecodebench codecontests ds1000 bigcodebench'),
  ...every('health', 'medqa medmcqa pubmedqa'),
  ...every('law', 'legalbench casehold lsat_ar'),
  ...every('economics', 'econlogicqa'),
  ...every('business', 'financebench finqa tatqa'),
  ...every(
    'other',
    'natural_qa natural_questions nq_open trivia_qa triviaqa hotpotqa popqa commonsense_qa commonsenseqa',
  ),
  ...every('other', 'commongen hellaswag winogrande piqa agentverse_logicgrid logicgrid'),
};

/** Subjects of MMLU, as in mmlu_college_physics. */
const SUBJECTS: readonly (readonly [RegExp, string])[] = [
  [/math|algebra|statistics/, 'math'],
  [/computer|machine_learning/, 'computer science'],
  [/physics|astronomy/, 'physics'],
  [/chemistry/, 'chemistry'],
  [/biology|genetics|virology/, 'biology'],
  [/anatomy|medicine|nutrition|clinical|aging|sexuality/, 'health'],
  [/psychology/, 'psychology'],
  [/engineering/, 'engineering'],
  [/history|prehistory/, 'history'],
  [/econom/, 'economics'],
  [/management|marketing|accounting|business/, 'business'],
  [/law|jurisprudence/, 'law'],
  [/philosophy|moral|logic|religions/, 'philosophy'],
];

/** null: the task is not known, or mixes categories. `own` wins over what is known here; names are read against `list`. */
export function categoryOfTask(
  task: string | null,
  list: readonly string[],
  own: Readonly<Record<string, string>> = {},
): string | null {
  if (task === null) return null;
  const plain = task.toLowerCase().replace(/[\s-]+/g, '_');
  const name = (Object.hasOwn(own, task) ? own[task] : undefined) ?? known(plain);
  return name === undefined ? null : normaliseCategory(name, list).category;
}

function known(task: string): string | undefined {
  if (Object.hasOwn(TASKS, task)) return TASKS[task];
  const subject = /^mmlu(?:_pro)?[_:](.+)$/.exec(task)?.[1];
  return subject === undefined ? undefined : (SUBJECTS.find(([pattern]) => pattern.test(subject))?.[1] ?? 'other');
}

function every(category: string, tasks: string): Record<string, string> {
  return Object.fromEntries(tasks.split(' ').map((task) => [task, category]));
}
