// What was judged, in one sentence: queries, models, tasks, leaks, noise.
import type { Report } from '../evaluation/report.js';
import { count, counted, percent } from './format.js';

export function dataSentence({ data }: { readonly data: Omit<Report['data'], 'label' | 'learnedOn'> }): string {
  const { leaks, cells } = data;
  const fate = leaks?.excluded ? 'left out' : 'found';
  return `${[
    counted(data.queries, 'query', 'queries'),
    ...(data.groups < data.queries ? [`${count(data.groups)} different ones`] : []),
    counted(data.models.length, 'model', 'models'),
    counted(data.tasks, 'task', 'tasks'),
    ...(leaks && leaks.count > 0 ? [`${counted(leaks.count, 'leak', 'leaks')} ${fate}`] : []),
    ...(leaks && leaks.near > 0 ? [`${counted(leaks.near, 'near leak', 'near leaks')} ${fate}`] : []),
    ...(cells && cells.unparsed > 0 ? [`${percent(cells.unparsed / cells.scored, 1)} of the answers unreadable`] : []),
    ...(cells && cells.repeated > 0
      ? [
          `${percent(cells.changed / cells.repeated, 1)} of ${count(cells.repeated)} repeated answers changed their score`,
        ]
      : []),
  ].join(', ')}.`;
}
