// Which of the analyses a call of analyze asks for, and what it says about the exit code.
import { existsSync } from 'node:fs';
import type { VsrConfig } from '../config/schema.js';
import { VsrError } from '../errors/vsr-error.js';
import type { AnalyzeResult } from '../pipelines/analyze.js';
import type { PipelineContext } from '../pipelines/context.js';
import type { Findings } from '../report/html/findings-page.js';
import type { Sheet } from '../report/sheet.js';

type Report = AnalyzeResult['reports'][0];

export type Analysis =
  | { readonly kind: 'report'; readonly report: Report; readonly beside: readonly Report[]; readonly no: boolean }
  | {
      readonly kind: 'findings';
      readonly json: object;
      readonly sheet: Sheet;
      readonly diagnosis?: Findings['diagnosis'];
      readonly no: boolean;
    };

/** `no`: a gate was asked for, and says no. Throws `VSR_USAGE` for modes that exclude each other, and what the analyses throw. */
export async function analysisFor(config: VsrConfig, context: PipelineContext): Promise<Analysis> {
  const { only, compare, decisions, artifacts } = config.analyze;
  refuseContradictions(config.analyze);
  if (only === 'config') {
    const { analyzeConfiguration } = await import('../pipelines/analyze/configuration.js');
    const json = await analyzeConfiguration(config, context);
    const { configurationSheet } = await import('../report/finding-sheets.js');
    return { kind: 'findings', json, sheet: configurationSheet(json), no: false };
  }
  if (decisions !== undefined) {
    const { judgeDecisions } = await import('../pipelines/analyze/deployed.js');
    const json = await judgeDecisions(config, context);
    const { deployedSheet } = await import('../report/finding-sheets.js');
    const grade = { gain: 0, inconclusive: 1, 'no-counterfactual': 1, loss: 2 }[json.verdict.kind];
    return { kind: 'findings', json, sheet: deployedSheet(json), no: saysNo(grade, config) };
  }
  const several = compare ?? (artifacts && artifacts.length > 1 ? artifacts : undefined);
  if (several) {
    const { compareArtifacts } = await import('../pipelines/analyze/compare.js');
    const json = await compareArtifacts(config, several, context);
    const { comparisonSheet } = await import('../report/finding-sheets.js');
    const grade = { better: 0, 'no-difference': 0, inconclusive: 1, worse: 2 }[json.verdict.kind];
    const no = (compare !== undefined && json.verdict.kind === 'worse') || saysNo(grade, config);
    return { kind: 'findings', json, sheet: comparisonSheet(json), no };
  }
  const { DEFAULT_ARTIFACTS } = await import('../pipelines/analyze/artifacts.js');
  const untrained = artifacts === undefined && !existsSync(DEFAULT_ARTIFACTS);
  if (only === 'data' || (untrained && only !== 'evaluation')) {
    if (only !== 'data') {
      context.onNotice?.(
        `No ${DEFAULT_ARTIFACTS} here: what the outcomes alone say follows. vsr train makes routers to judge.`,
      );
    }
    const { diagnoseOutcomes } = await import('../pipelines/analyze/diagnose.js');
    const json = await diagnoseOutcomes(config, context);
    const { diagnosisSheet } = await import('../report/diagnosis-sheet.js');
    const grade = { train: 0, inconclusive: 1, 'do-not-train': 2 }[json.verdict.kind];
    return { kind: 'findings', json, sheet: diagnosisSheet(json), diagnosis: json, no: saysNo(grade, config) };
  }
  const { analyze } = await import('../pipelines/analyze.js');
  const { reports } = await analyze(config, context);
  const [report, ...beside] = reports;
  const grade = { route: 0, inconclusive: 1, 'do-not-route': 2 }[report.verdict.kind];
  return { kind: 'report', report, beside, no: saysNo(grade, config) };
}

/** @param grade 0 = good, 1 = not known, 2 = bad */
function saysNo(grade: number, { analyze: { failOn } }: VsrConfig): boolean {
  return failOn !== undefined && grade >= (failOn === 'inconclusive' ? 1 : 2);
}

function refuseContradictions({ only, compare, decisions, artifacts }: VsrConfig['analyze']): void {
  const asked = [
    ...(only ? [`--only ${only}`] : []),
    ...(compare ? ['--compare'] : []),
    ...(decisions !== undefined ? ['--decisions'] : []),
  ];
  if (asked.length > 1)
    throw new VsrError('VSR_USAGE', `analyze: ${asked.join(' and ')} ask for different reports.`, {
      hint: 'Give one of them.',
    });
  if (compare && artifacts) {
    throw new VsrError('VSR_USAGE', 'analyze: --compare names its two directories itself, and --artifacts others.', {
      hint: 'Give one of them.',
    });
  }
  if (artifacts && artifacts.length > 1 && (only || decisions !== undefined)) {
    throw new VsrError(
      'VSR_USAGE',
      `analyze: ${asked[0]} looks at one directory, --artifacts names ${artifacts.length}.`,
    );
  }
}
