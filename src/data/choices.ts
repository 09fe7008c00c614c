// The choices of a multiple-choice row in all the forms that data sets use: {"labels":["A","B"],"text":["yes","no"]}
import { VsrError } from '../errors/vsr-error.js';
import { shown, wrong } from './field.js';
import { parsePythonLiteral } from './python-literal.js';
import type { Choices } from './query.js';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * {labels, text}, a list of texts (labels A, B …), either as a JSON string or as Python prints it; null, blank and empty
 * lists mean no choices. `label` is read as `labels`, as some data sets spell it.
 * Throws VSR_DATA (labels and texts of unequal number, a label twice, another shape).
 */
export function choicesFrom(value: unknown, where: string): Choices | null {
  const parsed = typeof value === 'string' ? parseChoices(value, where) : value;
  if (parsed === undefined || parsed === null) return null;
  if (Array.isArray(parsed)) return lettered(textsOf(parsed, where, 'choices'), where);
  if (typeof parsed !== 'object') throw wrong(`${where}: choices`, '{labels, text}, a list of texts or null', value);
  const { labels, label, text } = parsed as Record<string, unknown>;
  return labelled(textsOf(labels ?? label, where, 'choices.labels'), textsOf(text, where, 'choices.text'), where);
}

function lettered(text: string[], where: string): Choices | null {
  if (text.length > LETTERS.length)
    throw new VsrError('VSR_DATA', `${where}: ${text.length} choices without labels, expected at most 26.`, {
      hint: 'Write choices as {"labels": […], "text": […]}.',
    });
  return text.length === 0 ? null : { labels: [...LETTERS.slice(0, text.length)], text };
}

function labelled(labels: string[], text: string[], where: string): Choices | null {
  if (labels.length !== text.length)
    throw new VsrError('VSR_DATA', `${where}: ${labels.length} choice labels, ${text.length} texts.`, {
      hint: 'Give every choice a label and a text.',
    });
  const twice = labels.find((label, i) => labels.indexOf(label) < i);
  if (twice !== undefined)
    throw new VsrError('VSR_DATA', `${where}: choice label ${shown(twice)} stands twice, expected unique labels.`);
  return labels.length === 0 ? null : { labels, text };
}

function textsOf(value: unknown, where: string, key: string): string[] {
  if (!Array.isArray(value)) throw wrong(`${where}: ${key}`, 'a list of texts', value);
  return value.map((item) => {
    if (typeof item === 'number' && Number.isFinite(item)) return String(item);
    if (typeof item !== 'string') throw wrong(`${where}: ${key}`, 'a list of texts', value);
    return item;
  });
}

function parseChoices(text: string, where: string): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    try {
      return parsePythonLiteral(text);
    } catch (error) {
      throw new VsrError(
        'VSR_DATA',
        `${where}: choices must be JSON or a Python literal, got ${shown(text)} (${(error as Error).message}).`,
        { hint: 'Write choices as {"labels": […], "text": […]}.', cause: error },
      );
    }
  }
}
