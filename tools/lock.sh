#!/usr/bin/env bash
# Pin what requirements*.in name, with hashes and without download addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
compile=(.venv/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --fork-strategy fewest --no-header --no-emit-index-url)
"${compile[@]}" requirements.in -o requirements.lock "$@"
"${compile[@]}" requirements-dev.in -c requirements.lock -o requirements-dev.lock "$@"
