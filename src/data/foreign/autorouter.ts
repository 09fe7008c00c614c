// The auto-router's published training file, one JSON list: [{"idx":0,"prompt":"…","answer":"4","images":["iVBORw0…"],"model_scores":{"a":1,"b":0}}]
import { VsrError } from '../../errors/vsr-error.js';
import { objectAt, optionalTexts, wrong } from '../field.js';
import { readJsonFile } from '../open-file.js';
import type { OutcomeCell, OutcomeRow } from '../outcome.js';
import { queryFromRow } from '../query-row.js';

/**
 * `prompt` is the query, `answer` its truth, images are Base64 and become data: URLs, scores are qualities (null: missing).
 * Throws `VSR_FILE`, and `VSR_DATA` with the place for a score outside 0 to 1, an image that is none, or no row at all.
 */
export async function readAutorouterRows(path: string): Promise<OutcomeRow[]> {
  const rows = await readJsonFile(path);
  if (!Array.isArray(rows)) throw wrong(`${path}: the file`, 'a list of rows', rows);
  if (rows.length === 0) throw new VsrError('VSR_DATA', `${path}: expected at least one row, got none.`);
  return rows.map((row, i) => {
    const where = `${path}[${i}]`;
    const fields = objectAt(row, where);
    const scores = objectAt(fields.model_scores, `${where}.model_scores`, 'an object with a number per model');
    const images = optionalTexts(fields, 'images', where).map((image, k) => dataUrl(image, `${where}.images[${k}]`));
    const query = queryFromRow(
      { query: fields.prompt, ground_truth: fields.answer, ...(images.length > 0 && { images }) },
      where,
    );
    const outcomes = Object.entries(scores).map(([model, score]): [string, OutcomeCell] => {
      if (score === null) return [model, { quality: null, status: 'unscored' }];
      if (typeof score === 'number' && score >= 0 && score <= 1) return [model, { quality: score, status: 'ok' }];
      throw wrong(`${where}.model_scores.${model}`, 'a number in [0, 1] or null', score);
    });
    return { query, outcomes: Object.fromEntries(outcomes) };
  });
}

/** By its first characters, which stand for the first bytes. */
const TYPES: readonly (readonly [start: string, type: string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
];

function dataUrl(image: string, where: string): string {
  if (/^data:/i.test(image)) return image;
  const type = TYPES.find(([start]) => image.startsWith(start))?.[1];
  if (type && /^[A-Za-z0-9+/]+=*$/.test(image)) return `data:${type};base64,${image}`;
  throw wrong(where, 'a PNG, JPEG, GIF or WebP in Base64', `${image.slice(0, 40)}…`);
}
