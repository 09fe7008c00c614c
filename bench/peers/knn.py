"""scikit-learn's brute-force cosine neighbours, and the mean outcome of the k nearest per model."""
import time

import numpy as np
from sklearn.neighbors import NearestNeighbors

FITTED = {}


def fit(folder, rows, width, models, k):
    features = np.fromfile(f"{folder}/train.f32", "<f4").reshape(rows, width)
    FITTED["quality"] = np.fromfile(f"{folder}/quality.f64", "<f8").reshape(rows, models)
    FITTED["queries"] = np.fromfile(f"{folder}/queries.f32", "<f4").reshape(-1, width)
    FITTED["neighbours"] = NearestNeighbors(n_neighbors=k, metric="cosine", algorithm="brute").fit(features)


def score(queries):
    _, indices = FITTED["neighbours"].kneighbors(FITTED["queries"][:queries])
    return FITTED["quality"][indices].mean(axis=1)


def scores(queries):
    return score(queries).ravel().tolist()


def times(queries, count):
    out = []
    for _ in range(count):
        start = time.perf_counter()
        score(queries)
        out.append((time.perf_counter() - start) * 1e3)
    return out
