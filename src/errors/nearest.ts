// "Did you mean …": the nearest known name to a misspelled one.

/** The known name with the smallest edit distance to `name`, if it is close enough to be a likely slip; else the only one that contains it. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  const containing = names.filter((candidate) => candidate.toLowerCase().includes(name.toLowerCase()));
  return slipOf(name, names) ?? (containing.length === 1 ? containing[0] : undefined);
}

function slipOf(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance (insert, delete and substitute cost 1 each). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
