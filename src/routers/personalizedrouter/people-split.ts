// Which people the fit learns from and which it is judged by: history first, later answers as targets.
import { seededRandom } from '../../math/random.js';
import { type LearningPerson, type PastGroup, personOf } from './learning-data.js';
import { compares } from './rated-group.js';

export interface JudgedPerson {
  readonly person: LearningPerson;
  readonly history: readonly PastGroup[];
  readonly targets: readonly PastGroup[];
}

export interface PeopleSplit {
  /** With the part of their past that may be learned from. */
  readonly learned: readonly LearningPerson[];
  readonly judged: readonly JudgedPerson[];
}

export interface UnseenTexts extends PeopleSplit {
  /** Texts (pool groups) that judge: nothing that anybody earned or said on them may be learned. */
  readonly texts: ReadonlySet<number>;
}

/** With fewer than this left to learn from, nobody is set aside, but everybody's latest answers. */
const FEWEST_LEARNED = 10;
const PEOPLE_ASIDE = 1 / 6;
const LATEST_ASIDE = 0.2;
const MOST_JUDGED = 64;
const MOST_TARGETS = 32;
/** So many of the targets' texts judge: all where they are a tenth of what there is, and never less than a third; fewer than 3 stay. */
const FEWEST_TEXTS = 3;
const TEXTS_OF_ALL = 0.1;
const TEXTS_OF_TARGETS = 1 / 3;

/** @param historySize groups of the past that are read, the newest */
export function splitPeople(people: readonly LearningPerson[], historySize: number, seed: number): PeopleSplit {
  const rated = people.filter(({ past }) => past.length > 0);
  const several = rated.filter(({ past, comparisons }) => past.length > 1 && comparisons.length > 0);
  const count = Math.min(MOST_JUDGED, Math.round(several.length * PEOPLE_ASIDE));
  if (count > 0 && rated.length - count >= FEWEST_LEARNED) {
    const aside = new Set(seededRandom(seed).fork('people').shuffle(several).slice(0, count));
    return {
      learned: rated.filter((person) => !aside.has(person)),
      judged: [...aside].map((person) => judged(person, Math.ceil(person.past.length / 2), historySize)),
    };
  }
  const cut = (person: LearningPerson) => person.past.length - Math.floor(person.past.length * LATEST_ASIDE);
  return {
    learned: rated.map((person) => personOf(person.id, person.declared, person.past.slice(0, cut(person)))),
    judged: rated
      .filter((person) => cut(person) < person.past.length)
      .map((person) => judged(person, cut(person), historySize)),
  };
}

/**
 * Takes the texts that judge from those who are learned from, and the others from the targets: whoever has seen what models earned
 * on a query, or what others said of it, foretells it without knowing anybody's taste.
 * @param texts [P] pool groups, equal number = same text
 */
export function unseenTexts({ learned, judged }: PeopleSplit, texts: Int32Array, seed: number): UnseenTexts {
  const textOf = ({ row }: PastGroup) => texts[row]!;
  const asked = seededRandom(seed)
    .fork('judging texts')
    .shuffle(new Set(judged.flatMap(({ targets }) => targets.map(textOf))));
  if (asked.length < FEWEST_TEXTS) return { learned, judged, texts: new Set() };
  const most = Math.max(asked.length * TEXTS_OF_TARGETS, new Set(texts).size * TEXTS_OF_ALL);
  const kept = new Set(asked.slice(0, Math.round(most)));
  return {
    texts: kept,
    learned: learned.map(({ id, declared, past }) =>
      personOf(
        id,
        declared,
        past.filter((group) => !kept.has(textOf(group))),
      ),
    ),
    judged: judged.map((person) => ({
      ...person,
      targets: person.targets.filter((group) => kept.has(textOf(group))),
    })),
  };
}

/** A query that stands on both sides is no target: its own answer would be told. */
function judged(person: LearningPerson, cut: number, historySize: number): JudgedPerson {
  const history = person.past.slice(Math.max(0, cut - historySize), cut);
  const known = new Set(history.map(({ row }) => row));
  const targets = person.past.slice(cut).filter(({ row, rated }) => compares(rated) && !known.has(row));
  return { person, history, targets: targets.slice(0, MOST_TARGETS) };
}
