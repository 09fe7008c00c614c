// What a query says, as one text: its words and, where it shows pictures, which ones. Equal texts about two pictures are two queries.
import { createHash } from 'node:crypto';
import type { Query } from './query.js';

/** The query's text; with images, their mark behind it: of a data: URL its content counts, of a path or an address its name. */
export function contentText({ query, images }: Pick<Query, 'query' | 'images'>): string {
  return images.length === 0 ? query : `${query} ${imagesMark(images)}`;
}

/** 16 hex digits; '' without images. */
export function imagesMark(images: readonly string[]): string {
  return images.length === 0 ? '' : createHash('sha256').update(JSON.stringify(images)).digest('hex').slice(0, 16);
}
