// The part of ml-knn that we use; the package brings no types of its own.
declare module 'ml-knn' {
  export default class KNN {
    constructor(dataset: number[][], labels: number[], options?: { k?: number });
    readonly kdTree: {
      /** The nearest points with their labels appended, and their distances, in no order. */
      nearest(point: number[], count: number): [point: number[], distance: number][];
    };
  }
}
