#!/usr/bin/env bash
# Collect the console's texts into the catalogs of locale/ and compile these. An argument names a language to begin.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v xgettext >/dev/null && command -v apt-get >/dev/null; then
  echo "Collecting texts needs GNU gettext; installing Debian's package ..."
  sudo=""; [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq >/dev/null 2>&1 || true
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq gettext >/dev/null 2>&1 || true
fi
command -v xgettext >/dev/null || { echo "No GNU gettext found or installable. Install it and run this again." >&2; exit 1; }

shopt -s nullglob
languages=()
for name in "$@" locale/*/; do languages+=(--locale "$(basename "$name")"); done
[ "${#languages[@]}" -gt 0 ] || { echo "There is no catalog yet. Begin one: make messages LANGUAGE=de" >&2; exit 1; }
ignored=(); for folder in .venv node_modules var tests demo_data tools bench static; do ignored+=(--ignore "$folder"); done
.venv/bin/python manage.py makemessages "${languages[@]}" "${ignored[@]}" --add-location file --no-wrap --no-obsolete
.venv/bin/python manage.py compilemessages "${languages[@]}" "${ignored[@]}"
