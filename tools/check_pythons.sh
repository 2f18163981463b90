#!/usr/bin/env bash
# Run tests on other Pythons than .venv's, each with the versions of requirements-dev.lock in an environment of its own:
# check_pythons.sh "python3.11 python3.13" tests/experiments/admin ...
# Instead of names: "newest" for the newest that the machine has; nothing for the oldest that we promise and the newest.
set -euo pipefail
cd "$(dirname "$0")/.."
read -ra pythons <<<"$1"
shift

# The Pythons of the machine that we promise, the oldest first: version and path.
found_pythons() {
  local say='import sys; sys.version_info >= (3, 11) and print("%d.%d.%d" % sys.version_info[:3], sys.executable)'
  local python
  for python in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python $(compgen -c python3. | grep -E '^python3\.[0-9]+$' | sort -u); do
    "$python" -c "$say" 2>/dev/null || true
  done | sort -t. -k1,1n -k2,2n -k3,3n
}

if [ ${#pythons[@]} -eq 0 ] || [ "${pythons[0]}" = newest ]; then
  mapfile -t found < <(found_pythons)
  [ ${#found[@]} -gt 0 ] || { echo "No Python 3.11 or newer was found. Name some: make check-pythons PYTHONS='python3.11 python3.13'." >&2; exit 1; }
  if [ ${#pythons[@]} -eq 0 ]; then
    pythons=("${found[0]#* }" "${found[-1]#* }")
  else
    pythons=("${found[-1]#* }")
  fi
fi

for python in "${pythons[@]}"; do
  version=$("$python" -c 'import platform; print(platform.python_version())')
  environment=var/pythons/$version
  echo "Python $version"
  [ -x "$environment/bin/python" ] || .venv/bin/uv venv --quiet --python "$python" "$environment"
  .venv/bin/uv pip sync --quiet --require-hashes --python "$environment/bin/python" requirements-dev.lock
  "$environment/bin/python" -m pytest -q "$@"
done
