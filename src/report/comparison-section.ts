// The second half of the text report: baselines and routers side by side, task by task, route by route.
import type { ArmReport, Report, RouteReport } from '../evaluation/report.js';
import {
  count,
  percent,
  perThousand,
  points,
  pointsWithInterval,
  pValue,
  share,
  shareWithInterval,
  UNKNOWN,
} from './format.js';
import type { DrawTable } from './table.js';
import { wrap } from './wrap.js';

export function comparisonSection(
  report: Report,
  draw: DrawTable,
  section: (title: string, ...parts: string[]) => string,
): string[] {
  const routes = routeTable(report, draw);
  return [
    section('Baselines and routers', armTable(report, draw), legend(report)),
    section(
      `Differences to ${report.verdict.model} alone, in points [${percent(report.method.confidence)}]`,
      differenceTable(report, draw),
    ),
    section('Wins and losses, by utility', winTable(report, draw)),
    ...(report.tasks.length > 1 ? [section(`By task (${report.verdict.router})`, taskTable(report, draw))] : []),
    section(
      'Where queries go',
      routes,
      wrap(
        'is best: the queries on which it is the cheapest of the best models; quality: the mean where the router sends them.',
      ),
    ),
  ];
}

/** The same routers on other queries: what they would have been told there. */
export function besideSection(
  report: Report,
  draw: DrawTable,
  section: (title: string, ...parts: string[]) => string,
): string {
  return section(
    `Beside it: ${report.data.label}`,
    wrap(report.verdict.sentence),
    armTable(report, draw),
    differenceTable(report, draw),
  );
}

function armTable({ arms, method }: Report, draw: DrawTable): string {
  const withUtility = method.objective.quality < 1;
  return draw(
    [
      { head: '' },
      ...(withUtility ? [{ head: 'utility' }] : []),
      { head: `quality [${percent(method.confidence)}]` },
      { head: 'by task' },
      { head: '$/1,000' },
      { head: 'regret' },
      { head: 'hit' },
    ],
    arms.map((arm) => [
      arm.name,
      ...(withUtility ? [share(arm.utility)] : []),
      shareWithInterval(arm.quality, arm.qualityInterval),
      share(arm.qualityMacro),
      perThousand(arm.cost),
      share(arm.regret?.mean),
      share(arm.hit),
    ]),
  );
}

function legend({ arms }: Report): string {
  const singles = arms.flatMap(({ name, model }) => (model === null ? [] : [`${name} = ${model}`]));
  const bounds = arms.filter(({ kind }) => kind === 'bound').map(({ name }) => name);
  return wrap(`${singles.join('; ')}. Out of reach, because chosen with the outcomes in view: ${bounds.join(', ')}.`);
}

function differenceTable({ arms, method }: Report, draw: DrawTable): string {
  const withUtility = method.objective.quality < 1;
  return draw(
    [
      { head: '' },
      ...(withUtility ? [{ head: 'utility' }] : []),
      { head: 'quality' },
      { head: 'quality to mixing' },
      { head: 'cost' },
    ],
    compared(arms).map(({ name, against }) => [
      name,
      ...(withUtility ? [pointsWithInterval(against.utility)] : []),
      pointsWithInterval(against.quality),
      pointsWithInterval(against.zero),
      costChange(against.cost?.saving),
    ]),
  );
}

function winTable({ arms, routes }: Report, draw: DrawTable): string {
  const entropy = new Map(routes.map(({ router, entropyBits }) => [router, entropyBits]));
  return draw(
    [
      { head: '' },
      { head: 'win' },
      { head: 'tie' },
      { head: 'loss' },
      { head: 'p (Holm)' },
      { head: 'headroom closed' },
      { head: 'gain' },
      { head: 'answered' },
      { head: 'bits' },
    ],
    compared(arms).map(({ name, kind, against, headroomClosed, gainOverBest, coverage }) => [
      name,
      count(against.winTieLoss.win),
      count(against.winTieLoss.tie),
      count(against.winTieLoss.loss),
      pValue(against.pHolm),
      percent(headroomClosed, 1),
      gainOverBest === null ? UNKNOWN : `${points(gainOverBest)} %`,
      percent(coverage),
      kind === 'router' ? (entropy.get(name)?.toFixed(2) ?? UNKNOWN) : UNKNOWN,
    ]),
  );
}

function taskTable({ tasks, method }: Report, draw: DrawTable): string {
  const what = method.objective.quality < 1 ? 'utility' : 'quality';
  return draw(
    [
      { head: 'task' },
      { head: 'queries' },
      { head: 'best single' },
      { head: 'lookup' },
      { head: 'router' },
      { head: 'oracle' },
      { head: `Δ ${what}, points` },
    ],
    tasks.map((task) => [
      task.task || '(none)',
      count(task.n),
      share(task.bestSingle),
      share(task.lookup),
      share(task.router),
      share(task.oracle),
      pointsWithInterval(task.difference),
    ]),
  );
}

/** Columns left for routers beside 31 letters of a model's name and the other columns; the rest are in --json. */
const ROUTER_COLUMNS = 32;

/** Shares of the judged router and of the others that fit, and how the judged one's queries fare where it sends them. */
function routeTable({ routes }: Report, draw: DrawTable): string {
  const judged = routes.find((route) => route.judged) ?? routes[0]!;
  const others = routes.filter((route) => route !== judged);
  const width = (shown: readonly RouteReport[]) =>
    shown.reduce((sum, { router }) => sum + Math.max(6, router.length) + 3, 0);
  while (others.length > 0 && width([judged, ...others]) > ROUTER_COLUMNS) others.pop();
  const shown = [judged, ...others];
  return draw(
    [
      { head: 'model' },
      { head: 'is best' },
      ...shown.map(({ router }) => ({ head: router })),
      { head: 'quality' },
      { head: 'best single' },
    ],
    judged.models.map((row, m) => [
      row.model,
      percent(row.best, 1),
      ...shown.map(({ models }) => percent(models[m]!.share, 1)),
      share(row.quality),
      share(row.bestSingleThere),
    ]),
  );
}

function compared(arms: readonly ArmReport[]) {
  return arms.flatMap((arm) => (arm.against ? [{ ...arm, against: arm.against }] : []));
}

/** A saving of 0.17 → "-17 %". */
function costChange(saving: number | null | undefined): string {
  if (saving == null) return UNKNOWN;
  const change = Math.round(-100 * saving);
  return `${change > 0 ? '+' : ''}${change || 0} %`;
}
