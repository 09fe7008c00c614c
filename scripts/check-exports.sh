#!/usr/bin/env bash
# Trains every router on a sample of the bundled example with its exports, and holds them to Python's onnx checker, onnxruntime and
# TensorFlow. QUERY_LIMIT: queries of the sample, 0 = all. PYTHON names an interpreter that has all three libraries; without it they
# are installed into a temporary environment, and where pip cannot get them the check is skipped. Needs dist/.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python="${PYTHON:-}"
if [ -z "$python" ]; then
  # onnx 1.16 is the last that shares a protobuf with TensorFlow 2.15.
  packages=(tensorflow-cpu==2.15.1 onnx==1.16.2 onnxruntime "numpy<2")
  if ! python3 -m venv "$folder/venv" ||
    ! "$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary=:all: "${packages[@]}"; then
    echo "skipped: pip offers no ${packages[*]} here"
    exit 0
  fi
  python="$folder/venv/bin/python"
fi
cd "$folder"
node "$root/bin/vsr.js" train --folds 0 --query-limit "${QUERY_LIMIT:-600}" --leak-check warn --export onnx,saved-model --quiet
node "$root/scripts/export-cases.js" artifacts cases
"$python" "$root/scripts/check-exports.py" cases
