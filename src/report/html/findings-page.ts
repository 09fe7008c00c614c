// Findings that are no router report as a page, with the plot that belongs to them.
import type { Diagnosis } from '../../evaluation/diagnosis.js';
import { objectiveName } from '../format.js';
import type { Sheet } from '../sheet.js';
import { svgDrawer } from './chart.js';
import { renderSheetHtml } from './html-sheet.js';
import { learningFigure } from './line-figures.js';

export interface Findings {
  readonly sheet: Sheet;
  /** A diagnosis is drawn; everything else is words and tables. */
  readonly diagnosis?: Diagnosis | undefined;
}

export function renderFindings({ sheet, diagnosis }: Findings): string {
  if (!diagnosis) return renderSheetHtml(sheet);
  const label = `${diagnosis.curve.at(-1)!.judged} queries that were not learned from`;
  const curve = { label, steps: diagnosis.curve };
  return renderSheetHtml(sheet, [learningFigure(curve, objectiveName(diagnosis), svgDrawer())]);
}
