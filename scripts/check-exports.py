#!/usr/bin/env python3
"""Checks exported scoring graphs with the software they are made for.

usage: check-exports.py FOLDER

For every NAME.json {"features": [[...]], "scores": [[...]]} in FOLDER: NAME.onnx must pass onnx.checker (full_check) and give
these scores in onnxruntime; NAME/saved_model.pb must give them in TensorFlow by its signature serving_default. Prints one line
of JSON: the largest difference per name and engine (relative above 1), and which libraries were absent. Exits 1 above 1e-5.
"""
import importlib.util
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # it rounds equal values apart, and a tie then falls elsewhere
import numpy  # noqa: E402

TOLERANCE = 1e-5


def onnx_scores(path, features):
    import onnx
    import onnxruntime

    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(["scores"], {"features": features})[0]


def tensorflow_scores(path, features):
    import tensorflow

    loaded = tensorflow.saved_model.load(str(path))
    return loaded.signatures["serving_default"](features=tensorflow.constant(features))["scores"].numpy()


ENGINES = {
    "onnx": (["onnx", "onnxruntime"], lambda folder, name: folder / f"{name}.onnx", onnx_scores),
    "tensorflow": (["tensorflow"], lambda folder, name: folder / name, tensorflow_scores),
}


def main(folder):
    differences = {}
    absent = sorted({lib for libs, _, _ in ENGINES.values() for lib in libs if importlib.util.find_spec(lib) is None})
    for case in sorted(folder.glob("*.json")):
        expected = json.loads(case.read_text())
        features = numpy.array(expected["features"], dtype=numpy.float32)
        scores = numpy.array(expected["scores"], dtype=numpy.float64)
        for engine, (libraries, path_of, run) in ENGINES.items():
            path = path_of(folder, case.stem)
            if not path.exists() or any(library in absent for library in libraries):
                continue
            found = run(path, features)
            if found.shape != scores.shape:
                raise SystemExit(f"{case.stem}: {engine} gives {found.shape}, expected {scores.shape}")
            differences.setdefault(case.stem, {})[engine] = float((abs(found - scores) / numpy.maximum(1, abs(scores))).max())
    print(json.dumps({"differences": differences, "absent": absent}))
    worst = max((value for engines in differences.values() for value in engines.values()), default=0.0)
    return 0 if worst <= TOLERANCE else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
