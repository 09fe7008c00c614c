// A text from outside on one line of a terminal: no break, no escape sequence, no turned direction, cut at a width.

/** Control and formatting characters (also those that turn the direction of text) become spaces; longer texts end with an ellipsis. */
export function oneLine(text: string, width: number): string {
  const flat = text
    .slice(0, 16 * width)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...flat];
  return characters.length <= width ? flat : `${characters.slice(0, width - 1).join('')}…`;
}
