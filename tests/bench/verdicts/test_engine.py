"""What kept results depend on: all code that runs while a test is simulated, and nothing that decides nothing."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from bench.verdicts.cases import CASES, Case
from bench.verdicts.engine import DECIDING, ROOT, case_digest, code_digest, meaning_of
from bench.verdicts.stores import ArmBehavior, Delay
from bench.verdicts.tallies import outcomes_of

# They only say something, hold rows that are read, or are in a case's own digest: nothing of it decides.
NOT_DECIDING = (
    "bench/verdicts/cases.py",
    "experiments/formatting.py",
    "experiments/in_sentences.py",
    "experiments/models/",
    "experiments/money.py",
    "experiments/verdict/holdout_rules.py",
    "experiments/wording.py",
)


@contextmanager
def modules_run() -> Iterator[set[str]]:
    """Note the modules of ours of which a function runs."""
    found: set[str] = set()

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call":
            found.add(frame.f_code.co_filename)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(before)


def ours(files: set[str]) -> set[str]:
    """The files of the engine and of its simulation, as they are named from the root."""
    found = set()
    for file in files:
        path = Path(file)
        if path.is_relative_to(ROOT) and path.parts[len(ROOT.parts)] in {"bench", "experiments"}:
            found.add(path.relative_to(ROOT).as_posix())
    return found


@pytest.mark.slow
def test_digest_is_of_all_code_that_runs_while_tests_are_decided():
    slow = Delay(4.0, within=28)
    few = ArmBehavior(conversion=0.3, telling=1.0)
    cases = [
        Case(name="a", control=few, treatment=few, visitors=(1_000, 1_000)),
        Case(
            name="b",
            control=ArmBehavior(cart_correlation=0.5, order_delay=slow, refunded=0.3, conversion=0.3),
            treatment=ArmBehavior(cart_correlation=0.5, value_lift=0.9, refunded=0.3, conversion=0.3),
            visitors=(1_500, 1_500),
        ),
        Case(name="c", treatment=ArmBehavior(conversion=0.02), others=(ArmBehavior(),), visitors=(5_000, 5_000)),
        Case(name="d", visitors=(300, 300)),
    ]
    with modules_run() as files:
        for case in cases:
            for version in (1, 3):
                outcomes_of(case, version, 1, 0)
    missing = {name for name in ours(files) if not name.startswith(NOT_DECIDING)} - set(DECIDING)
    assert missing == set()


@pytest.mark.slow
def test_digest_names_files_that_exist():
    assert [name for name in DECIDING if not (ROOT / name).exists()] == []
    assert len(code_digest()) == 16


def test_meaning_of_a_module_is_without_comments_layout_and_docstrings():
    plain = "def f(x):\n    return x + 1\n"
    told = '"""Says."""\n\n\ndef f(x):\n    """Adds."""\n    # one\n    return x + 1\n'
    assert meaning_of(plain) == meaning_of(told)
    assert meaning_of(plain) != meaning_of(plain.replace("1", "2"))


def test_every_case_is_simulated_by_its_own_digest_and_random_numbers():
    digests = {case_digest(case) for case in CASES}
    assert len(digests) == len(CASES)
    names = {case.name for case in CASES}
    assert {case.same_as for case in CASES} - {""} <= names
