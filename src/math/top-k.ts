// The k largest values of a row, ties to the lowest index (ONNX TopK's rule).

/** Indices of the k largest values, largest first; equal values in index order. k is clamped to the length. */
export function topK(values: ArrayLike<number>, k: number): Int32Array {
  const n = Math.min(k, values.length);
  const heap = new Int32Array(n); // heap[0] is the worst of the kept: smallest value, then highest index
  const worse = (a: number, b: number) => values[a]! < values[b]! || (values[a] === values[b] && a > b);
  let size = 0;
  for (let i = 0; i < values.length; i++) {
    if (size < n) {
      heap[size] = i;
      siftUp(heap, size++, worse);
    } else if (n > 0 && worse(heap[0]!, i)) {
      heap[0] = i;
      siftDown(heap, 0, n, worse);
    }
  }
  return heap.sort((a, b) => values[b]! - values[a]! || a - b);
}

function siftUp(heap: Int32Array, start: number, worse: (a: number, b: number) => boolean): void {
  let i = start;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if (!worse(heap[i]!, heap[parent]!)) return;
    [heap[i], heap[parent]] = [heap[parent]!, heap[i]!];
    i = parent;
  }
}

function siftDown(heap: Int32Array, start: number, size: number, worse: (a: number, b: number) => boolean): void {
  let i = start;
  for (;;) {
    let worst = i;
    for (const child of [2 * i + 1, 2 * i + 2]) if (child < size && worse(heap[child]!, heap[worst]!)) worst = child;
    if (worst === i) return;
    [heap[i], heap[worst]] = [heap[worst]!, heap[i]!];
    i = worst;
  }
}
