"""scikit-learn's k-means (Lloyd, k-means++, n_init restarts)."""
import time

import numpy as np
from sklearn.cluster import KMeans


def fit(folder, rows, width, clusters, restarts, max_iter, tol, seed):
    points = np.fromfile(f"{folder}/points.f32", "<f4").reshape(rows, width)
    model = KMeans(clusters, n_init=restarts, max_iter=max_iter, tol=tol, algorithm="lloyd", random_state=seed)
    start = time.perf_counter()
    model.fit(points)
    return {"ms": (time.perf_counter() - start) * 1e3, "inertia": float(model.inertia_)}
