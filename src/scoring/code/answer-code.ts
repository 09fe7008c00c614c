// The Python program in an answer: its last fenced block, a [BEGIN]…[DONE] block, or what stands from the first def on.
import { afterThinking } from '../clean.js';

export interface AnswerProgram {
  /** Run first; errors in it are ignored: imports and helpers that the query gives. '' = nothing. */
  readonly prelude: string;
  readonly program: string;
}

/** The code alone, or null where the answer holds none. */
export function codeIn(answer: string): string | null {
  const text = afterThinking(answer);
  const fences = fencedBlocks(text);
  const fence = fences.findLast(({ language }) => /^py(thon)?3?$/i.test(language)) ?? fences.at(-1);
  if (fence) return fence.code;
  const begin = text.lastIndexOf('[BEGIN]');
  if (begin >= 0) {
    const end = text.indexOf('[DONE]', begin);
    return text.slice(begin + '[BEGIN]'.length, end < 0 ? undefined : end);
  }
  const def = text.search(/^[ \t]*(?:async )?def /m);
  return def < 0 ? null : dedent(text.slice(def));
}

/**
 * The program to test. Code without the function that the query begins is that function's body: the query comes before
 * it. Otherwise the query's own imports and helpers run first, where the query is code at all.
 */
export function programOf(answer: string, query: string): AnswerProgram | null {
  const code = codeIn(answer);
  if (code === null || code.trim() === '') return null;
  const wanted = lastFunctionOf(query);
  if (wanted === null) return { prelude: '', program: code };
  if (definesFunction(code, wanted)) return { prelude: query, program: code };
  return { prelude: '', program: `${query.trimEnd()}\n${indent(dedent(code))}\n` };
}

/** The function that a text defines last, or null. */
export function lastFunctionOf(text: string): string | null {
  return [...text.matchAll(/^[ \t]*(?:async )?def ([A-Za-z_]\w*)/gm)].at(-1)?.[1] ?? null;
}

function definesFunction(code: string, name: string): boolean {
  return [...code.matchAll(/^[ \t]*(?:async )?def ([A-Za-z_]\w*)|^[ \t]*([A-Za-z_]\w*) ?= ?lambda\b/gm)].some(
    ([, defined, assigned]) => (defined ?? assigned) === name,
  );
}

/** Blocks between ``` in their order; one that is never closed goes to the end. */
function fencedBlocks(text: string): { language: string; code: string }[] {
  const blocks: { language: string; code: string }[] = [];
  for (let open = text.indexOf('```'); open >= 0; ) {
    const head = /^[ \t]*([\w+#.-]*)[ \t]*\r?\n/.exec(text.slice(open + 3, open + 103));
    const start = open + 3 + (head?.[0].length ?? 0);
    const close = text.indexOf('```', start);
    blocks.push({ language: head?.[1] ?? '', code: dedent(text.slice(start, close < 0 ? undefined : close)) });
    open = close < 0 ? -1 : text.indexOf('```', close + 3);
  }
  return blocks;
}

/** Without the blanks that all lines begin with. */
function dedent(code: string): string {
  const lines = code.replaceAll('\r\n', '\n').split('\n');
  const full = lines.filter((line) => line.trim() !== '');
  const margin = Math.min(...full.map((line) => /^[ \t]*/.exec(line)![0].length));
  return Number.isFinite(margin) && margin > 0 ? lines.map((line) => line.slice(margin)).join('\n') : lines.join('\n');
}

function indent(code: string): string {
  return code
    .split('\n')
    .map((line) => (line.trim() === '' ? line : `    ${line}`))
    .join('\n');
}
