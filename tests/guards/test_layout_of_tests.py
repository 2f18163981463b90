"""A source file's tests are found by its name, and what tests share is never in a test module."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
MIRRORED = ("bench", "checkout_widgets", "config", "dashboard", "demo", "experiments", "journeys")
# What is tried across the files of a room has no file to be named after. Nothing new comes in.
ACROSS_A_ROOM = {
    "checkout_widgets/admin/test_trail.py",
    "checkout_widgets/edge/test_holdout.py",
    "checkout_widgets/edge/test_hostile_values.py",
    "checkout_widgets/edge/test_sequences.py",
    "checkout_widgets/webhooks/shop_systems/test_hostile_bodies.py",
    "checkout_widgets/webhooks/test_hostile_deliveries.py",
    "config/test_prefix.py",
    "dashboard/api/test_contract.py",
    "dashboard/builder/test_second_offers.py",
    "dashboard/journeys/test_programme.py",
    "dashboard/preview/test_message_pictures.py",
    "dashboard/report/test_first_paint.py",
    "dashboard/test_access.py",
    "demo/test_installation.py",
    "demo/test_message_after_order.py",
    "experiments/accounting/test_reports_in_any_order.py",
    "experiments/analysis/test_signs.py",
    "experiments/statistics/test_invariants.py",
    "experiments/statistics/test_reference_vectors.py",
    "experiments/tables/test_bounds.py",
    "experiments/snapshots/test_hillstrom.py",
    "journeys/sending/test_pairs_of_readers.py",
}


# An import from the tests, within parentheses or in one line. Not by parsing, which takes seconds for all files.
IMPORT = re.compile(r"^\s*(?:from (tests[\w.]*) import (?:\(([^)]*)\)|(.*))|import (tests\.\S+))", re.MULTILINE)


def imported_from_tests(file: Path) -> Iterator[str]:
    """The modules and names that a file imports from the tests."""
    for module, in_parentheses, in_line, whole in IMPORT.findall(file.read_text()):
        if whole:
            yield whole
        for name in (in_parentheses or in_line).split(","):
            if name.strip():
                yield f"{module}.{name.split()[0]}"


def has_source(test_module: Path) -> bool:
    """Whether a file or a folder of the room has the test module's name, or the beginning of it."""
    room = ROOT / test_module.parent.relative_to(TESTS)
    words = test_module.stem.removeprefix("test_").split("_")
    for length in range(len(words), 0, -1):
        name = "_".join(words[:length])
        if (room / f"{name}.py").is_file() or (room / name).is_dir():
            return True
    return False


def is_in_a_test_module(name: str) -> bool:
    return any(part.startswith("test_") for part in name.split("."))


def test_nothing_is_imported_from_a_test_module():
    files = [file for folder in ("tests", "bench", "tools") for file in (ROOT / folder).rglob("*.py")]
    names = {f"{file.relative_to(ROOT)}: {name}" for file in files for name in imported_from_tests(file)}
    assert len(names) > 100
    assert [name for name in sorted(names) if is_in_a_test_module(name.rpartition(" ")[2])] == []


def test_test_modules_are_named_after_what_they_test():
    nameless = {
        str(module.relative_to(TESTS))
        for package in MIRRORED
        for module in (TESTS / package).rglob("test_*.py")
        if not has_source(module)
    }
    assert nameless == ACROSS_A_ROOM
