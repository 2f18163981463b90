#!/usr/bin/env bash
# Find a Chromium for the browser tests: an installed one, else Playwright's, else Debian's package.
set -euo pipefail
cd "$(dirname "$0")/.."
find_chromium() { .venv/bin/python -m tests.browser.chromium; }
find_chromium >/dev/null 2>&1 && exit 0
echo "The browser tests need Chromium; trying Playwright's ..."
.venv/bin/python -m playwright install chromium >/dev/null 2>&1 && find_chromium >/dev/null 2>&1 && exit 0
if command -v apt-get >/dev/null; then
  echo "Playwright's could not be had; installing Debian's package chromium ..."
  sudo=""; [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq >/dev/null 2>&1 || true
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq chromium >/dev/null 2>&1 || true
  find_chromium >/dev/null 2>&1 && exit 0
fi
echo "No Chromium found or installable. Install Chromium or Chrome, or set CHROMIUM to its path, and run this again." >&2
exit 1
