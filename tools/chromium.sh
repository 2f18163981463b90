#!/usr/bin/env bash
# Find a Chromium for the browser tests: an installed one, else Playwright's, else Debian's package.
set -euo pipefail
cd "$(dirname "$0")/.."
find_chromium() { .venv/bin/python -m tests.browser.chromium; }
has_shell() { command -v chromium-headless-shell >/dev/null || command -v chrome-headless-shell >/dev/null; }
sudo=""; [ "$(id -u)" = 0 ] || sudo=sudo
install_package() {
  $sudo timeout 120 apt-get update -qq >/dev/null 2>&1 || true
  DEBIAN_FRONTEND=noninteractive $sudo timeout 300 apt-get install -y -qq --no-remove "$1" >/dev/null 2>&1 || true
}

# Its headless shell takes half of the time in most tests, so it is installed beside it, where that asks nobody for a
# password; once, as it may be out of reach.
tried=var/headless-shell-tried
if [ -z "$sudo" ] && command -v apt-get >/dev/null && ! has_shell && [ ! -e "$tried" ]; then
  echo "Installing Debian's package chromium-headless-shell, for quicker browser tests (once) ..."
  mkdir -p var && touch "$tried"
  install_package chromium-headless-shell
fi

find_chromium >/dev/null 2>&1 && exit 0
echo "The browser tests need Chromium; trying Playwright's ..."
.venv/bin/python -m playwright install chromium >/dev/null 2>&1 && find_chromium >/dev/null 2>&1 && exit 0
if command -v apt-get >/dev/null; then
  echo "Playwright's could not be had; installing Debian's package chromium ..."
  install_package chromium
  find_chromium >/dev/null 2>&1 && exit 0
fi
echo "No Chromium found or installable. Install Chromium or Chrome, or set CHROMIUM to its path, and run this again." >&2
exit 1
