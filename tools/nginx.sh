#!/usr/bin/env bash
# Find nginx for the tests of docs/nginx/offerlift.conf: an installed one, else Debian's package. Without it they skip.
set -euo pipefail
find_nginx() { PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v nginx; }
find_nginx >/dev/null && exit 0
if command -v apt-get >/dev/null; then
  echo "The tests of the reverse proxy need nginx; installing Debian's package nginx-light ..."
  sudo=""; [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq >/dev/null 2>&1 || true
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq nginx-light >/dev/null 2>&1 || true
  find_nginx >/dev/null && exit 0
fi
echo "No nginx found or installable: the tests of the reverse proxy are skipped." >&2
