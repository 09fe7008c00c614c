// foretold.json: the votes of people and what was foretold of them out of fold, for analyze.
import type { ArtifactDirectory } from '../../artifacts/artifact-directory.js';
import { evaluatePeople, type PeopleOptions, type PeopleReport } from '../../evaluation/people-evaluation.js';
import type { StoredForetold } from './people-folds.js';

const FILE = 'foretold.json';

export function foretoldFile(foretold: StoredForetold): Record<string, string> {
  return { [FILE]: `${JSON.stringify(foretold)}\n` };
}

/** undefined where training foretold no votes: none were given, or no folds asked for. */
export function peopleReport(
  artifact: ArtifactDirectory,
  options: Omit<PeopleOptions, 'judged'>,
): PeopleReport | undefined {
  if (!artifact.has(FILE)) return undefined;
  const { judged, ...votes } = JSON.parse(artifact.read(FILE).toString('utf8')) as StoredForetold;
  return evaluatePeople(votes, { ...options, judged });
}
