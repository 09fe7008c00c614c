// Vectors of length 1.

/** Divides the vector, in place, by its Euclidean length; the zero vector stays zero. Returns it. */
export function scaleToUnit<A extends Float32Array | Float64Array>(vector: A): A {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i]! * vector[i]!;
  const length = Math.sqrt(squares);
  if (length > 0) for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  return vector;
}
