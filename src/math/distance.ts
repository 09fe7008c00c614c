// Distances between two vectors, summed in float64.

/** Σ aᵢbᵢ over the length of `a`. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** ‖a − b‖². */
export function squaredEuclidean(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference * difference;
  }
  return sum;
}

/** 1 − a·b / (‖a‖‖b‖), clipped below at 0; 1 where either is a zero vector. */
export function cosineDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const lengths = Math.sqrt(dot(a, a) * dot(b, b));
  return lengths > 0 ? Math.max(0, 1 - dot(a, b) / lengths) : 1;
}
