#!/usr/bin/env bash
# Run the named targets of the Makefile one after the other, and say at the end where the time went.
set -uo pipefail
cd "$(dirname "$0")/.."

spent=""
for target in "$@"; do
  started=$SECONDS
  make --no-print-directory "$target"
  status=$?
  spent+=$(printf '\n  %-8s %4d s' "$target" $((SECONDS - started)))
  [ "$status" = 0 ] || break
done
printf '\nWhere the time went:%s\n  %-8s %4d s\n' "$spent" total "$SECONDS"
[ "$status" = 0 ] || printf 'make %s failed; its lines are above.\n' "$target" >&2
exit "$status"
