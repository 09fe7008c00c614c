// The content of the last box of a recorded truth.

/** What stands in the last closed \boxed{…} or \fbox{…}, or null. */
export function lastBoxContent(text: string): string | null {
  for (let at = text.length; at >= 0; ) {
    at = Math.max(text.lastIndexOf('\\boxed{', at), text.lastIndexOf('\\fbox{', at));
    if (at < 0) return null;
    const start = text.indexOf('{', at) + 1;
    const end = closingBrace(text, start);
    if (end >= 0) return text.slice(start, end);
    at--;
  }
  return null;
}

/** The index of the brace that closes what is open at `start`, or -1. Escaped braces do not count. */
export function closingBrace(text: string, start: number): number {
  let depth = 1;
  for (let i = start; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '{') depth++;
    else if (text[i] === '}' && --depth === 0) return i;
  }
  return -1;
}
