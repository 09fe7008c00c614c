"""Answers requests, one JSON object a line: {"module": "knn", "function": "score", "args": {}} -> {"result": ...}."""
import importlib
import json
import sys
import traceback


def say(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main():
    try:
        import numpy
        import sklearn
    except ImportError as error:
        say({"error": str(error)})
        return
    say({"versions": f"Python {sys.version.split()[0]}, scikit-learn {sklearn.__version__}, numpy {numpy.__version__}"})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            function = getattr(importlib.import_module(request["module"]), request["function"])
            say({"result": function(**request["args"])})
        except Exception:
            say({"error": traceback.format_exc()})


main()
