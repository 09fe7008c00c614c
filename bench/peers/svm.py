"""scikit-learn's one-vs-rest support-vector classifier (libsvm), on the same unit rows."""
import time

import numpy as np
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import SVC


def fit(folder, rows, tests, width, gamma, c, tol):
    train = np.fromfile(f"{folder}/train.f32", "<f4").reshape(rows, width)
    test = np.fromfile(f"{folder}/test.f32", "<f4").reshape(tests, width)
    labels = np.fromfile(f"{folder}/labels.i32", "<i4")
    model = OneVsRestClassifier(SVC(kernel="rbf", gamma=gamma, C=c, tol=tol))
    start = time.perf_counter()
    model.fit(train, labels[:rows])
    ms = (time.perf_counter() - start) * 1e3
    return {"ms": ms, "accuracy": float((model.predict(test) == labels[rows:]).mean())}
