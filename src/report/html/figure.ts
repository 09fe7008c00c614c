// A plot with its words: caption, a text for those who cannot see it, and its numbers as a table.
import { escapeHtml } from './escape.js';

export interface Figure {
  readonly id: string;
  readonly svg: string;
  readonly caption: string;
  /** What the plot shows, in a sentence: read aloud instead of it. */
  readonly alternative: string;
  readonly table: string;
}

export function figureHtml({ id, svg, caption, alternative, table }: Figure): string {
  const labelled = svg.replace('<svg ', `<svg role="img" aria-label="${escapeHtml(alternative)}" `);
  return `<figure id="${id}">
<div class="plot" tabindex="0">${labelled}</div>
<figcaption>${escapeHtml(caption)}</figcaption>
<details><summary>The numbers of this plot</summary>
${table}
</details>
</figure>`;
}
