// The content of the last \boxed{…} of a text, braces balanced.

const COMMANDS = ['\\boxed', '\\fbox'];

/** The content of the \boxed{…} or \fbox{…} that starts last among those that are closed, or null. One pass. */
export function lastBoxed(text: string): string | null {
  if (!COMMANDS.some((command) => text.includes(command))) return null;
  const open: { start: number; boxed: boolean }[] = [];
  let best: { start: number; end: number } | null = null;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '\\' && /^[\\{}]/.test(text[i + 1] ?? '')) i++;
    else if (character === '{') open.push({ start: i + 1, boxed: followsBox(text, i) });
    else if (character === '}') {
      const group = open.pop();
      if (group?.boxed && (best === null || group.start > best.start)) best = { start: group.start, end: i };
    }
  }
  return best && text.slice(best.start, best.end);
}

/** true if the brace at `at` comes right after a box command, one blank allowed. */
function followsBox(text: string, at: number): boolean {
  const end = text[at - 1] === ' ' ? at - 1 : at;
  return COMMANDS.some((command) => text.startsWith(command, end - command.length));
}
