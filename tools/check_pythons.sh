#!/usr/bin/env bash
# Run tests on other Pythons than .venv's, each with the versions of requirements-dev.lock in an environment of its own:
# check_pythons.sh "python3.11 python3.13" tests/experiments/admin ...
set -euo pipefail
cd "$(dirname "$0")/.."
read -ra pythons <<<"$1"
shift

if [ ${#pythons[@]} -eq 0 ]; then
  # the oldest and the newest that the machine has, of those that we promise
  say='import sys; sys.version_info >= (3, 11) and print("%d.%d.%d" % sys.version_info[:3], sys.executable)'
  mapfile -t found < <(
    for python in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python $(compgen -c python3. | grep -E '^python3\.[0-9]+$' | sort -u); do
      "$python" -c "$say" 2>/dev/null || true
    done | sort -t. -k1,1n -k2,2n -k3,3n
  )
  [ ${#found[@]} -gt 0 ] || { echo "No Python 3.11 or newer was found. Name some: make check-pythons PYTHONS='python3.11 python3.13'." >&2; exit 1; }
  pythons=("${found[0]#* }" "${found[-1]#* }")
fi

for python in "${pythons[@]}"; do
  version=$("$python" -c 'import platform; print(platform.python_version())')
  environment=var/pythons/$version
  echo "Python $version"
  [ -x "$environment/bin/python" ] || .venv/bin/uv venv --quiet --python "$python" "$environment"
  .venv/bin/uv pip sync --quiet --require-hashes --python "$environment/bin/python" requirements-dev.lock
  "$environment/bin/python" -m pytest -q "$@"
done
