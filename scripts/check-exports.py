#!/usr/bin/env python3
"""Checks exported scoring graphs with the software they are made for.

usage: check-exports.py FOLDER

For every NAME.json {"features": [[...]], "scores": [[...]]} in FOLDER (other inputs of the graph by name under "inputs"):
NAME.onnx must pass onnx.checker (full_check) and give these scores in onnxruntime; NAME/saved_model.pb must give them in
TensorFlow by its signature serving_default. Prints one line of JSON: the largest difference per name and engine (relative
above 1), and which libraries were absent. Exits 1 where a difference is above the case's "tolerance", by default 1e-5.
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


def onnx_scores(path, inputs):
    import onnx
    import onnxruntime

    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(["scores"], inputs)[0]


def tensorflow_scores(path, inputs):
    import tensorflow

    loaded = tensorflow.saved_model.load(str(path))
    given = {name: tensorflow.constant(value) for name, value in inputs.items()}
    return loaded.signatures["serving_default"](**given)["scores"].numpy()


ENGINES = {
    "onnx": (["onnx", "onnxruntime"], lambda folder, name: folder / f"{name}.onnx", onnx_scores),
    "tensorflow": (["tensorflow"], lambda folder, name: folder / name, tensorflow_scores),
}


def main(folder):
    differences = {}
    failed = False
    absent = sorted({lib for libs, _, _ in ENGINES.values() for lib in libs if importlib.util.find_spec(lib) is None})
    for case in sorted(folder.glob("*.json")):
        expected = json.loads(case.read_text())
        given = {"features": expected["features"], **expected.get("inputs", {})}
        inputs = {name: numpy.array(value, dtype=numpy.float32) for name, value in given.items()}
        scores = numpy.array(expected["scores"], dtype=numpy.float64)
        for engine, (libraries, path_of, run) in ENGINES.items():
            path = path_of(folder, case.stem)
            if not path.exists() or any(library in absent for library in libraries):
                continue
            found = run(path, inputs)
            if found.shape != scores.shape:
                raise SystemExit(f"{case.stem}: {engine} gives {found.shape}, expected {scores.shape}")
            difference = float((abs(found - scores) / numpy.maximum(1, abs(scores))).max())
            differences.setdefault(case.stem, {})[engine] = difference
            failed = failed or not difference <= expected.get("tolerance", TOLERANCE)
    print(json.dumps({"differences": differences, "absent": absent}))
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
