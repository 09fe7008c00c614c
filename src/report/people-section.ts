// Whether knowing the person pays, as sections: rankings and routers on votes of people they had not seen.
import type { PeopleReport } from '../evaluation/people-evaluation.js';
import type { Report } from '../evaluation/report.js';
import { count, percent, points, share, UNKNOWN } from './format.js';
import type { SheetSection } from './sheet.js';

/** The summary, and accuracy by how many earlier votes were shown; none where no people were judged. */
export function peopleSections({ people }: Pick<Report, 'people'>): SheetSection[] {
  if (!people) return [];
  const { users, votes, ties, scorers } = people;
  const head = (heads: readonly (readonly [string, string?])[]) =>
    heads.map(([text, term], i) => ({ head: text, ...(i === 0 && { align: 'left' as const }), ...(term && { term }) }));
  return [
    {
      title: 'People',
      before: [
        people.sentence,
        `${count(votes)} votes of ${count(users)} people, ${count(ties)} of them ties; each foretold without its person and without its query, from the person’s earlier votes alone.`,
      ],
      table: {
        columns: head([
          [''],
          ['accuracy', 'votes'],
          ['AUC', 'pair-auc'],
          ['log-loss', 'log-loss'],
          ['lead', 'lead'],
          ['interval', 'interval'],
        ]),
        rows: scorers.map(({ name, accuracy, auc, logLoss, lead }) => [
          name,
          share(accuracy),
          share(auc),
          share(logLoss),
          points(lead.difference),
          `[${points(lead.low)}, ${points(lead.high)}]`,
        ]),
      },
      after: [`lead: over the ${scorers[0]?.name ?? 'first'}, in points.`],
    },
    {
      title: 'Accuracy over people',
      table: {
        columns: head([
          [''],
          ['mean', 'per-person'],
          ['10th percentile', 'per-person'],
          ['worst', 'per-person'],
          ['better', 'per-person'],
          ['equal', 'per-person'],
          ['worse', 'per-person'],
        ]),
        rows: scorers.map(({ name, perUser, against }, k) => [
          name,
          share(perUser.mean),
          share(perUser.p10),
          share(perUser.worst),
          ...[against.better, against.equal, against.worse].map((n) => (k === 0 ? UNKNOWN : count(n))),
        ]),
      },
      after: [
        `better, equal, worse: people of whom more, as much, less was foretold than by the ${scorers[0]?.name ?? 'first'}.`,
      ],
    },
    ...fewShotSection(people),
  ];
}

function fewShotSection({ scorers }: PeopleReport): SheetSection[] {
  const shown = scorers.filter(({ fewShot }) => fewShot.length > 0);
  if (shown.length === 0) return [];
  return [
    {
      title: 'Accuracy by how many of the own earlier votes were shown',
      table: {
        columns: [{ head: '', align: 'left' }, ...shown[0]!.fewShot.map(({ votes }) => ({ head: votes }))],
        rows: shown.map(({ name, fewShot }) => [name, ...fewShot.map(({ accuracy }) => share(accuracy))]),
      },
    },
  ];
}

/** Person by person, the one with the largest loss against everybody's ranking first: for the page alone. */
export function personTable({ people, scorers }: PeopleReport): SheetSection {
  const [first, ...others] = scorers.map(({ name }) => name);
  const best = others.toSorted((a, b) => leadOf(scorers, b) - leadOf(scorers, a))[0] ?? first!;
  const rows = people
    .map((row) => ({ ...row, gain: row.accuracy[best]! - row.accuracy[first!]! }))
    .toSorted((a, b) => a.gain - b.gain);
  return {
    title: `Person by person: ${best} against the ${first}`,
    table: {
      columns: [
        { head: 'person' },
        { head: 'votes' },
        { head: first! },
        ...(best === first ? [] : [{ head: best }, { head: 'gain, points', term: 'points' }]),
      ],
      rows: rows.map(({ person, votes, accuracy, gain }) => [
        String(person),
        count(votes),
        percent(accuracy[first!]),
        ...(best === first ? [] : [percent(accuracy[best]), points(gain)]),
      ]),
    },
  };
}

function leadOf(scorers: PeopleReport['scorers'], name: string): number {
  return scorers.find((scorer) => scorer.name === name)!.lead.difference;
}
