// The k-th smallest of many values without sorting them all. Hoare, Algorithm 65: FIND, CACM 4 (1961).

/**
 * Values at the given ranks (0 = smallest), in the order of `ranks`; reorders `values`.
 * @param values without NaN
 * @param ranks ascending, each in [0, values.length)
 */
export function orderStatistics(values: Float64Array, ranks: readonly number[]): number[] {
  let from = 0;
  return ranks.map((rank) => {
    select(values, rank, from, values.length - 1);
    from = rank; // all before are no larger
    return values[rank]!;
  });
}

/** Afterwards values[k] is where sorting would put it, between `left` and `right`. */
function select(values: Float64Array, k: number, left: number, right: number): void {
  let low = left;
  let high = right;
  while (low < high) {
    const pivot = medianOfThree(values[low]!, values[(low + high) >> 1]!, values[high]!);
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const kept = values[i]!;
      values[i++] = values[j]!;
      values[j--] = kept;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return;
  }
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
