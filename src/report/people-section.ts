// Whether knowing the person pays, as a section: rankings and routers on votes of people they had not seen.
import type { PeopleReport } from '../evaluation/people-evaluation.js';
import type { Report } from '../evaluation/report.js';
import { count, share } from './format.js';
import type { boxTables } from './table.js';
import { wrap } from './wrap.js';

export function peopleSection(
  { people }: Pick<Report, 'people'>,
  draw: Awaited<ReturnType<typeof boxTables>>,
  section: (title: string, ...parts: string[]) => string,
): string[] {
  if (!people) return [];
  const { users, votes, ties } = people;
  return [
    section(
      'People',
      wrap(people.sentence),
      wrap(
        `${count(votes)} votes of ${count(users)} people, ${count(ties)} of them ties; each foretold without its person, from earlier votes alone.`,
      ),
      draw(
        ['', 'accuracy', 'AUC', 'log-loss', 'person: mean', '10th', 'worst', 'lead', 'interval'].map((head, i) => ({
          head,
          ...(i === 0 && { align: 'left' as const }),
        })),
        people.scorers.map(({ name, accuracy, auc, logLoss, perUser, lead }) => [
          name,
          share(accuracy),
          share(auc),
          share(logLoss),
          share(perUser.mean),
          share(perUser.p10),
          share(perUser.worst),
          points(lead.difference),
          `[${points(lead.low)}, ${points(lead.high)}]`,
        ]),
      ),
      ...fewShot(people, draw),
    ),
  ];
}

function fewShot({ scorers }: PeopleReport, draw: Awaited<ReturnType<typeof boxTables>>): string[] {
  const shown = scorers.filter(({ fewShot: curve }) => curve.length > 0);
  if (shown.length === 0) return [];
  return [
    'Accuracy by how many of the own earlier votes were shown:',
    draw(
      [{ head: '', align: 'left' }, ...shown[0]!.fewShot.map(({ votes }) => ({ head: votes }))],
      shown.map(({ name, fewShot: curve }) => [name, ...curve.map(({ accuracy }) => share(accuracy))]),
    ),
  ];
}

function points(value: number): string {
  return `${value >= 0 ? '+' : ''}${(100 * value).toFixed(1)}`;
}
