// A plot with its words: caption, a text for those who cannot see it, and its numbers as a table.
import { escapeHtml } from './escape.js';
import { defined } from './glossary.js';

export interface Figure {
  readonly id: string;
  readonly svg: string;
  readonly caption: string;
  /** Words of the caption and the terms that define them: each links at its first place. */
  readonly defines?: Readonly<Record<string, string>>;
  /** What the plot shows, in a sentence: read aloud instead of it. */
  readonly alternative: string;
  readonly table: string;
}

export function figureHtml({ id, svg, caption, defines = {}, alternative, table }: Figure): string {
  const labelled = svg.replace('<svg ', `<svg role="img" aria-label="${escapeHtml(alternative)}" `);
  return `<figure id="${id}">
<div class="plot" tabindex="0">${labelled}</div>
<figcaption>${linked(caption, Object.entries(defines))}</figcaption>
<details><summary>The numbers of this plot</summary>
${table}
</details>
</figure>`;
}

function linked(text: string, [first, ...others]: readonly (readonly [words: string, term: string])[]): string {
  if (!first) return escapeHtml(text);
  const [words, term] = first;
  const at = text.indexOf(words);
  if (at < 0) return linked(text, others);
  return `${linked(text.slice(0, at), others)}${defined(words, term)}${linked(text.slice(at + words.length), others)}`;
}
