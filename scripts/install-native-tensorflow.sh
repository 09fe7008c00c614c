#!/usr/bin/env bash
# Brings native TensorFlow where @tensorflow/tfjs-node cannot download it: TensorFlow 2.15.1's libraries and headers come from
# the tensorflow-cpu wheel (pip), the addon is built by npm's own node-gyp.
#
#   scripts/install-native-tensorflow.sh [--force] [directory]
#
# directory: the one whose node_modules is meant (default: where this package finds its own). --force: also where it loads already;
# what loads is replaced only by what has loaded beside it.
# Needs Linux on x86-64, Node with its headers or access to them, npm, Python 3 with pip, make and a C++ compiler.
# Exit codes: 0 native TensorFlow loads, 4 something it needs cannot be had here, 1 it failed, 2 a wrong option.
set -euo pipefail

TENSORFLOW=2.15.1
TFJS_NODE=4.22.0

force=no
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# Installed as a dependency, the packages lie beside this one, not inside it.
if [ ! -d "$root/node_modules/@tensorflow" ]; then
  case "$root" in */node_modules/*) root="${root%/node_modules/*}" ;; esac
fi
for argument in "$@"; do
  case "$argument" in
    --force) force=yes ;;
    -*) echo "unknown option $argument; known is --force" >&2; exit 2 ;;
    *) root="$(cd "$argument" && pwd)" ;;
  esac
done
cd "$root"
package="$root/node_modules/@tensorflow/tfjs-node"

say() { echo "install-native-tensorflow: $*"; }
fail() { say "$*" >&2; exit 1; }
absent() { say "$*" >&2; exit 4; }

# Loads the package at $1 in a process of its own and prints its version; Node 23 and later lack functions that tfjs-node calls.
loaded_version() {
  TF_CPP_MIN_LOG_LEVEL=3 node -e '
    const util = require("util");
    util.isNullOrUndefined ??= (value) => value === null || value === undefined;
    util.isString ??= (value) => typeof value === "string";
    util.isArray ??= Array.isArray;
    const tf = require(process.argv[1]);
    const product = tf.matMul(tf.tensor([1, 2, 3, 4], [2, 2]), tf.tensor([5, 6, 7, 8], [2, 2])).dataSync();
    if (product.join() !== "19,22,43,50") throw new Error("wrong product " + product.join());
    process.stdout.write(tf.backend().binding.TF_Version);
  ' "$1" 2>/dev/null
}

if [ "$force" = no ] && version="$(loaded_version "$package")"; then
  say "nothing to do: TensorFlow $version loads"
  exit 0
fi

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || absent "the wheel used here is for Linux on x86-64; this is $(uname -s) on $(uname -m)"
missing=()
for tool in node npm python3 make; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
command -v "${CXX:-c++}" >/dev/null || command -v g++ >/dev/null || missing+=("a C++ compiler (g++)")
if command -v python3 >/dev/null && ! python3 -m pip --version >/dev/null 2>&1; then missing+=("pip (python3 -m pip)"); fi
if [ "${#missing[@]}" -gt 0 ]; then
  list="$(printf ', %s' "${missing[@]}")"
  absent "missing here: ${list:2}"
fi

work="$(mktemp -d)"
stage="$package.new-$$"    # the new build, beside the old one: the same disk, the same packages around it
replaced="$package.old-$$" # what stood in its place, until the new one has loaded
installed_package=no
succeeded=no
clean_up() {
  rm -rf "$stage"
  if [ "$succeeded" = no ]; then
    if [ -d "$replaced" ]; then
      rm -rf "$package"
      mv "$replaced" "$package"
      say "failed; what stood there before stands there again" >&2
    elif [ "$installed_package" = yes ]; then
      installed_now | LC_ALL=C comm -13 "$work/before" - | while read -r added; do rm -rf "${root:?}/$added"; done
      if [ -f "$work/npm-list" ]; then cp -p "$work/npm-list" node_modules/.package-lock.json; fi
      say "failed; removed what it laid down" >&2
    else
      say "failed; what stood there before is untouched" >&2
    fi
  fi
  rm -rf "$replaced" "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What lies in node_modules: packages, those of each scope, and the commands in .bin.
installed_now() {
  find node_modules -mindepth 1 -maxdepth 2 \( -path 'node_modules/[@.]*/*' -o ! -path 'node_modules/*/*' \) | LC_ALL=C sort
}

if [ ! -f "$package/binding.gyp" ]; then
  say "installing @tensorflow/tfjs-node $TFJS_NODE without its install script"
  installed_package=yes
  installed_now >"$work/before"
  cp -p node_modules/.package-lock.json "$work/npm-list" 2>/dev/null || true
  npm install --ignore-scripts --no-save --no-audit --no-fund "@tensorflow/tfjs-node@$TFJS_NODE"
fi

say "fetching the tensorflow-cpu $TENSORFLOW wheel (about 200 MB)"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --dest "$work" \
  --implementation cp --python-version 3.11 --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 \
  "tensorflow-cpu==$TENSORFLOW" || absent "pip could not fetch tensorflow-cpu $TENSORFLOW"

say "unpacking libraries and headers"
mkdir "$stage"
for part in "$package"/* "$package"/.[!.]*; do
  case "${part##*/}" in deps | lib | build) ;; *) if [ -e "$part" ]; then cp -R "$part" "$stage/"; fi ;; esac
done
python3 - "$work"/tensorflow_cpu-*.whl "$work/unpacked" <<'PYTHON'
import sys, zipfile
wheel, target = sys.argv[1:]
keep = ('tensorflow/include/', 'tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2')
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(target, [name for name in archive.namelist() if name.startswith(keep)])
PYTHON
mkdir -p "$stage/deps/lib"
mv "$work/unpacked/tensorflow/include" "$stage/deps/include"
mv "$work"/unpacked/tensorflow/libtensorflow_*.so.2 "$stage/deps/lib"
# The addon links against these names; the C interface lives in the C++ library.
ln -s libtensorflow_cc.so.2 "$stage/deps/lib/libtensorflow.so"
ln -s libtensorflow_cc.so.2 "$stage/deps/lib/libtensorflow.so.2"
ln -s libtensorflow_framework.so.2 "$stage/deps/lib/libtensorflow_framework.so"

say "building the addon"
node_gyp="$(dirname "$(realpath "$(command -v npm)")")/../node_modules/node-gyp/bin/node-gyp.js"
[ -f "$node_gyp" ] || node_gyp="$(npm root -g)/npm/node_modules/node-gyp/bin/node-gyp.js"
[ -f "$node_gyp" ] || fail "npm's node-gyp was not found"
headers=()
prefix="$(node -p 'require("path").resolve(process.execPath, "../..")')"
if [ -f "$prefix/include/node/node.h" ]; then headers=("--nodedir=$prefix"); fi
module="$stage/lib/napi-v8"
(
  cd "$stage"
  node "$node_gyp" rebuild --loglevel=warn "${headers[@]}" --module="$module/tfjs_binding.node" --module_name=tfjs_binding \
    --module_path="$module" --napi_version=9 --napi_build_version=8 >"$work/build.log" 2>&1
) || {
  tail -n 30 "$work/build.log" >&2
  fail "the build failed"
}
rm -rf "$stage/build" "$stage/deps/include" # 170 MB that only the build needs

loaded_version "$stage" >/dev/null ||
  fail "built, but it does not load: $(node -e 'require(process.argv[1])' "$stage" 2>&1 | grep -m1 Error)"
mv "$package" "$replaced"
mv "$stage" "$package"
version="$(loaded_version "$package")" || fail "it loads where it was built and not in its place"
succeeded=yes
say "TensorFlow $version loads"
