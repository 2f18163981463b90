#!/usr/bin/env bash
# Make .venv and install the pinned dependencies: `setup.sh run` for the product, `setup.sh dev` for the checks too.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
lock=requirements.lock
[ "${1:-run}" = dev ] && lock=requirements-dev.lock

fail() { printf '\n%s\n' "$1" >&2; exit 1; }

command -v "$python" >/dev/null || fail "Offerlift needs Python 3.11 or newer, and '$python' was not found. Install it, or name it: make PYTHON=python3.12 ..."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Offerlift needs Python 3.11 or newer; '$python' is $("$python" -V 2>&1). Name a newer one: make PYTHON=python3.12 ..."
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c 'import pip' 2>/dev/null; then
  echo "Making .venv with $("$python" -V) ..."
  rm -rf .venv
  "$python" -m venv .venv || fail "Python could not make a virtual environment in .venv. On Debian and Ubuntu: apt-get install python3-venv. If the disk is full, free some space."
fi
echo "Installing $lock (once; about a minute) ..."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" 2> >(grep -v '^WARNING' >&2) \
  || fail "Installing the dependencies failed; the lines above say why. Without a prebuilt wheel for this machine a C compiler is needed (apt-get install build-essential); with a full disk, free 2 GB."
touch .venv/ready
[ "$lock" = requirements.lock ] || touch .venv/ready-dev
