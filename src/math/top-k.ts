// The k largest values of a row, ties to the lowest index (ONNX TopK's rule).

/** Indices of the k largest values, largest first; equal values in index order. k is clamped to the length. */
export function topK(values: ArrayLike<number>, k: number): Int32Array {
  const n = Math.min(k, values.length);
  const heap = new Int32Array(n); // heap[0] is the worst of the kept: smallest value, then highest index
  const worse = (a: number, b: number) => values[a]! < values[b]! || (values[a] === values[b] && a > b);
  for (let i = 0; i < n; i++) {
    heap[i] = i;
    siftUp(heap, i, worse);
  }
  let floor = n > 0 ? values[heap[0]!]! : Number.POSITIVE_INFINITY;
  for (let i = n; i < values.length; i++) {
    if (!(values[i]! > floor)) continue; // of equal values the lower index, which came first, stays
    heap[0] = i;
    siftDown(heap, 0, n, worse);
    floor = values[heap[0]!]!;
  }
  return heap.sort((a, b) => values[b]! - values[a]! || a - b);
}

function siftUp(heap: Int32Array, start: number, worse: (a: number, b: number) => boolean): void {
  let i = start;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if (!worse(heap[i]!, heap[parent]!)) return;
    const moved = heap[i]!;
    heap[i] = heap[parent]!;
    heap[parent] = moved;
    i = parent;
  }
}

function siftDown(heap: Int32Array, start: number, size: number, worse: (a: number, b: number) => boolean): void {
  let i = start;
  for (;;) {
    const left = 2 * i + 1;
    const right = left + 1;
    let worst = i;
    if (left < size && worse(heap[left]!, heap[worst]!)) worst = left;
    if (right < size && worse(heap[right]!, heap[worst]!)) worst = right;
    if (worst === i) return;
    const moved = heap[i]!;
    heap[i] = heap[worst]!;
    heap[worst] = moved;
    i = worst;
  }
}
