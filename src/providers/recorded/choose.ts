// Varied but repeatable choices: the same seed text makes the same ones.

export interface Choose {
  /** An integer in [0, limit). */
  readonly below: (limit: number) => number;
  readonly one: <T>(items: readonly T[]) => T;
  /** A copy in another order. */
  readonly shuffled: <T>(items: readonly T[]) => T[];
}

export function choicesFor(seed: string): Choose {
  let state = fnv1a(seed);
  const below = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const one = <T>(items: readonly T[]): T => items[below(items.length)]!;
  const shuffled = <T>(items: readonly T[]): T[] => {
    const mixed = [...items];
    for (let i = mixed.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
    }
    return mixed;
  };
  return { below, one, shuffled };
}

/** FNV-1a, 32 bits, over the UTF-16 units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
