#!/usr/bin/env bash
# Make .venv and install the pinned dependencies: `setup.sh run` for the product, `setup.sh dev` for the checks too.
set -euo pipefail
cd "$(dirname "$0")/.."
named=${PYTHON:-}
lock=requirements.lock
[ "${1:-run}" = dev ] && lock=requirements-dev.lock

fail() { printf '\n%s\n' "$1" >&2; exit 1; }

# Whether a Python is new enough, and can make environments: Debian's can't without python3-venv.
can_be_used() { "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
is_optimized() { "$1" bench/interpreter.py >/dev/null 2>&1; }

# The first optimized Python of those that the machine has, else the first that can be used, else python3. A slow build
# takes about a third more time for a decision.
choose_python() {
  local candidate usable=""
  for candidate in python3 /usr/bin/python3 python3.{14,13,12,11} /usr/bin/python3.{14,13,12,11}; do
    can_be_used "$candidate" || continue
    if is_optimized "$candidate"; then echo "$candidate"; return; fi
    usable=${usable:-$candidate}
  done
  echo "${usable:-python3}"
}

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c 'import pip' 2>/dev/null; then
  python=${named:-$(choose_python)}
  command -v "$python" >/dev/null || fail "Offerlift needs Python 3.11 or newer, and '$python' was not found. Install it, or name it: make PYTHON=python3.12 ..."
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Offerlift needs Python 3.11 or newer; '$python' is $("$python" -V 2>&1). Name a newer one: make PYTHON=python3.12 ..."
  echo "Making .venv with $(command -v "$python") ..."
  rm -rf .venv
  "$python" -m venv .venv || fail "Python could not make a virtual environment in .venv. On Debian and Ubuntu: apt-get install python3-venv. If the disk is full, free some space."
fi
echo "Using $(.venv/bin/python bench/interpreter.py || true)."
.venv/bin/python bench/interpreter.py >/dev/null \
  || echo "Decisions take about a third more time with it. For a server, remove .venv and name another Python: make setup PYTHON=/usr/bin/python3"
echo "Installing $lock (once; about a minute) ..."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" 2> >(grep -v '^WARNING' >&2) \
  || fail "Installing the dependencies failed; the lines above say why. Without a prebuilt wheel for this machine a C compiler is needed (apt-get install build-essential); with a full disk, free 2 GB."
touch .venv/ready
[ "$lock" = requirements.lock ] || touch .venv/ready-dev
