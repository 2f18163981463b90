#!/usr/bin/env bash
# Run the named targets of the Makefile one after the other, and those joined by "+" at the same time, as each of them
# keeps one core busy; say at the end where the time went.
set -uo pipefail
cd "$(dirname "$0")/.."

said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
failed=""

run() { # a target; what it says, its seconds and its status stay in files
  local started=$SECONDS
  make --no-print-directory "$1" >"$said/$1" 2>&1
  echo "$?" >"$said/$1.status"
  echo "$((SECONDS - started))" >"$said/$1.seconds"
}

for group in "$@"; do
  targets=${group//+/ }
  if [ "$targets" = "$group" ]; then # alone: what it says is shown as it comes
    started=$SECONDS
    make --no-print-directory "$group"
    echo "$?" >"$said/$group.status"
    echo "$((SECONDS - started))" >"$said/$group.seconds"
  else
    for target in $targets; do run "$target" & done
    wait
    for target in $targets; do cat "$said/$target"; done
  fi
  for target in $targets; do
    spent+=$(printf '\n  %-13s %4d s' "$target" "$(<"$said/$target.seconds")")
    [ "$(<"$said/$target.status")" = 0 ] || failed+="make $target failed; its lines are above."$'\n'
  done
  [ -z "$failed" ] || break
done
printf '\nWhere the time went:%s\n  %-13s %4d s\n' "${spent-}" total "$SECONDS"
printf '%s' "$failed" >&2
[ -z "$failed" ]
