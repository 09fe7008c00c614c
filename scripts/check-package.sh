#!/usr/bin/env bash
# Packs the package, installs the tarball in an empty folder, and runs the four commands from it.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tarball=$(npm pack --silent --pack-destination "$folder")
bytes=$(stat -c %s "$folder/$tarball")
echo "$tarball: $bytes bytes"
[ "$bytes" -lt 15000000 ] || { echo "the tarball is over 15 MB"; exit 1; }
mkdir "$folder/project" && cd "$folder/project"
npm init -y >/dev/null
npm install --no-audit --no-fund --omit=dev "../$tarball" >/dev/null
npx vsr --version
npx vsr benchmark --query-limit 20
npx vsr train --router knn
npx vsr infer --query "What is the derivative of x^3?" --user-id 3
npx vsr analyze
node --input-type=module -e '
import { infer, loadConfig } from "vsr";
const { config } = await loadConfig({ sets: ["infer.query=What is the derivative of x^3?"] });
for await (const { decision } of infer(config, {})) console.log("as a library:", decision.model, decision.ranking[0].expectedQuality);
'
