#!/usr/bin/env bash
# Benchmarks against a server we did not write: LiteLLM's proxy with mock responses, streaming and not. Needs python3 with venv
# and a pip that finds litellm[proxy]; without either it says so and ends well. Run it after npm run build.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT

if ! command -v python3 >/dev/null || ! python3 -m venv "$folder/venv" 2>/dev/null; then
  echo "skipped: it needs python3 with venv"
  exit 0
fi
# Compiling the whole of it takes longer than compiling what a mock needs when it starts.
if ! timeout 180 "$folder/venv/bin/pip" install --no-compile --quiet --disable-pip-version-check 'litellm[proxy]'; then
  echo "skipped: pip cannot install litellm[proxy] here within three minutes"
  exit 0
fi

cd "$folder"
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
cat > litellm.yaml <<'YAML'
model_list:
  - model_name: right
    litellm_params: {model: openai/x, api_key: none, mock_response: "The answer is (B)."}
  - model_name: wrong
    litellm_params: {model: openai/y, api_key: none, mock_response: "The answer is (A)."}
YAML
LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY=true LITELLM_LOCAL_MODEL_COST_MAP=true \
  venv/bin/litellm --config litellm.yaml --host 127.0.0.1 --port "$port" > litellm.log 2>&1 &
server=$!
for _ in $(seq 120); do
  if curl -fs "http://127.0.0.1:$port/health/liveliness" > /dev/null; then break; fi
  if ! kill -0 "$server" 2>/dev/null; then tail -20 litellm.log; exit 1; fi
  sleep 1
done

for i in 1 2 3 4 5; do
  echo "{\"query\":\"Question $i?\",\"metric\":\"em_mc\",\"ground_truth\":\"B\",\"choices\":[\"no\",\"yes\"]}"
done > queries.jsonl
for stream in true false; do
  cat > vsr.yaml <<YAML
vllm_endpoints:
  - {name: litellm, type: openai-compatible, base_url: "http://127.0.0.1:$port/v1", concurrency: 4}
model_config:
  right: {preferred_endpoints: [litellm]}
  wrong: {preferred_endpoints: [litellm]}
  absent: {preferred_endpoints: [litellm]}
benchmark: {stream: $stream, output: out-$stream.jsonl}
YAML
  # The model that the server does not know fails the gate: 3, and neither a bug (1) nor bad input (2).
  code=0
  node "$root/bin/vsr.js" benchmark --data-file queries.jsonl --quiet || code=$?
  [ "$code" = 3 ] || { echo "expected exit code 3, got $code"; exit 1; }
  node - "out-$stream.jsonl" "$stream" <<'JS'
const { readFileSync } = require('node:fs');
const { deepStrictEqual } = require('node:assert');
const [file, stream] = process.argv.slice(2);
const rows = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line).outcomes);
const of = (model) => rows.map((row) => [row[model].quality, row[model].status]);
deepStrictEqual(of('right'), Array(5).fill([1, 'ok']));
deepStrictEqual(of('wrong'), Array(5).fill([0, 'ok']));
deepStrictEqual(new Set(of('absent').map(([quality]) => quality)), new Set([null]));
const streamed = rows.every(({ right }) => typeof right.ttft === 'number' && right.ttft <= right.latency);
deepStrictEqual(streamed, stream === 'true');
const tokens = rows.every(({ right }) => right.inputTokens > 0 && right.outputTokens > 0);
deepStrictEqual(tokens, true);
console.log(`LiteLLM, stream ${stream}: answers, first tokens, tokens and failures as expected`);
JS
done
