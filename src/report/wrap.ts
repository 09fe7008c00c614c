// Long sentences cut into lines at spaces.

/** Columns that sentences are wrapped and tables are drawn for. */
const WIDTH = 100;

/** Lines of at most 100 characters (a longer word stays whole), each after the first indented. */
export function wrap(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent + word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join('\n');
}
