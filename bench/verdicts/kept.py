"""Results of runs so far, in a file of JSON lines: what is there needn't be simulated again after an interruption."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.verdicts.cases import Case
from bench.verdicts.tallies import Tally

ROOT = Path(__file__).parents[2]
FILE = ROOT / "var" / "bench" / "verdicts.jsonl"
# What a verdict depends on: results of other code are of no use.
CODE = ("bench/verdicts", "experiments/analysis", "experiments/plan", "experiments/statistics", "experiments/verdict")
# So many tests are lost where a run is interrupted.
CHUNK = 100


class KeptResults:
    """Tallies of a hundred tests each, as a file has them; ``code`` is what they were simulated with."""

    def __init__(self, file: Path, code: str) -> None:
        self.file, self.code = file, code
        self.found: dict[str, Tally] = {}
        for line in lines_of(file):
            if line["code"] == code:
                self.found[line["key"]] = tally_of(line)

    def get(self, key: str) -> Tally | None:
        """Return what is known of some tests; ``None`` where they weren't run."""
        return self.found.get(key)

    def put(self, key: str, tally: Tally) -> None:
        """Keep what came of some tests."""
        self.found[key] = tally
        line = {"code": self.code, "key": key, "tests": tally.tests, "unheld": tally.unheld}
        line |= {"counts": dict(tally.counts), "days": dict(tally.days)}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a") as file:
            file.write(json.dumps(line) + "\n")


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    """Read what is in the file; the last line may be half written."""
    if not file.exists():
        return
    for line in file.read_text().splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def tally_of(line: dict[str, Any]) -> Tally:
    """Return a line's tally."""
    return Tally(line["tests"], Counter(line["counts"]), Counter(line["days"]), line["unheld"])


def key_of(case: Case, version: int, seed: int, first: int, number: int) -> str:
    """Name some tests of a case: everything that they depend on but the code."""
    return f"{case!r} version {version} seed {seed} tests {first}+{number}"


def code_version() -> str:
    """Return a digest of the code that results depend on."""
    digest = hashlib.sha256()
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
