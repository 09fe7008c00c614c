#!/usr/bin/env bash
# The official Python client against vsr serve. Needs python3 with venv and a pip that finds openai; without either it says so and
# ends well. Run it after npm run build.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if ! command -v python3 >/dev/null || ! python3 -m venv "$folder/venv" 2>/dev/null; then
  echo "skipped: it needs python3 with venv"
  exit 0
fi
if ! timeout 120 "$folder/venv/bin/pip" install --no-compile --quiet --disable-pip-version-check openai; then
  echo "skipped: pip cannot install openai here within two minutes"
  exit 0
fi
node "$root/scripts/gateway-for-clients.js" "$folder/venv/bin/python" "$root/scripts/check-openai-python.py"
