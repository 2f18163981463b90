"""Imports go one way: between apps, between the folders of an app, and between the floors of ``experiments``."""

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.guards.source import APPS, ROOT, imports, nodes_of, python_files

MAY_IMPORT = {
    "experiments": {"experiments"},
    "checkout_widgets": {"experiments", "checkout_widgets"},
    "journeys": {"experiments", "checkout_widgets", "journeys"},
    "dashboard": {"experiments", "checkout_widgets", "journeys", "dashboard"},
    "demo": {"experiments", "checkout_widgets", "journeys", "demo"},
}


@pytest.mark.slow
@pytest.mark.parametrize("package", APPS)
def test_imports_point_one_way(package):
    forbidden = set(APPS) - MAY_IMPORT[package]
    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in python_files(package)
        for name in imports(file)
        if name.split(".")[0] in forbidden
    ]
    assert wrong == []


def rooms_imported(file: Path, package: str) -> Iterator[str]:
    """The folders (or modules beside them) of the package that a file imports from."""
    for node in nodes_of(file):
        if isinstance(node, ast.ImportFrom) and node.module == package:
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"{package}."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith(f"{package}."))


@pytest.mark.parametrize("package", APPS)
def test_folders_of_an_app_make_no_circle(package):
    below: dict[str, set[str]] = {}
    for file in python_files(package):
        room = file.relative_to(ROOT / package).with_suffix("").parts[0]
        if room not in {"migrations", "__init__"}:
            below.setdefault(room, set()).update(rooms_imported(file, package))
    for room, imported in below.items():
        imported.discard(room)  # a room may be as entangled in itself as it likes
    TopologicalSorter(below).prepare()  # raises CycleError, which names the circle


FLOORS = (
    {"models"},
    {"statistics", "assignment", "report", "plan"},
    {"decisions", "reading"},
    {"accounting"},
    {"analysis", "verdict"},
    {"snapshots"},
    {"running", "imports"},
)


def test_rooms_of_experiments_import_from_floors_below_them():
    height = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
    wrong = [
        f"{file.relative_to(ROOT)}: {other}"
        for room, floor in height.items()
        for file in python_files(f"experiments/{room}")
        for other in rooms_imported(file, "experiments")
        if other != room and height.get(other, -1) >= floor and (other not in UNDER_ALL or room == "models")
    ]
    assert wrong == []


UNDER_ALL = {"statistics", "report"}  # they import nothing of ours, and are imported on their own floor too


ABOVE = {
    "experiments": "checkout_widgets|journeys|dashboard|demo",
    "checkout_widgets": "journeys|dashboard|demo",
    "journeys": "dashboard|demo",
    "dashboard": "demo",
}


@pytest.mark.parametrize("package", ABOVE)
def test_no_text_names_an_app_above(package):
    """Neither a URL, a template, a dotted name, nor a table: such a tie is an import that the others don't see."""
    name = re.compile(rf"""["'](?:{ABOVE[package]})[:./]\w|\b(?:{ABOVE[package]})_[a-z]""")
    naming = []
    for file in (ROOT / package).rglob("*"):
        if file.suffix not in {".py", ".html", ".sql"} or "migrations" in file.parts:
            continue
        if found := name.search(file.read_text()):
            naming.append(f"{file.relative_to(ROOT)}: {found[0]}")
    assert naming == []


def test_statistics_imports_nothing_of_ours_and_no_django():
    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in python_files("experiments/statistics")
        for name in imports(file)
        if name.split(".")[0] in {*APPS, "django", "config"} and not name.startswith("experiments.statistics")
    ]
    assert wrong == []


def test_assignment_imports_no_django():
    wrong = [name for file in python_files("experiments/assignment") for name in imports(file) if "django" in name]
    assert wrong == []
