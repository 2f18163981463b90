"""What the product needs of others is named once, pinned for every Python, and installed where it runs."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from config.version import version
from tests.guards.source import APPS, ROOT, nodes_of, python_files


def test_lock_files_hold_no_addresses():
    locks = [*ROOT.glob("*.lock"), *ROOT.glob("package-lock.json")]
    assert len(locks) >= 2
    for lock in locks:
        assert not re.search(r'"resolved"|--index-url|https?://[^"]*\.(whl|tgz|tar\.gz)', lock.read_text()), lock.name


def test_project_tells_tools_the_version_and_the_dependencies_that_there_are():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [line.partition("#")[0].strip() for line in (ROOT / "requirements.in").read_text().splitlines()]
    assert project["dependencies"] == [line for line in lines if line]
    assert project["version"] == version()
    locked_for = re.search(r"--python-version (\S+)", (ROOT / "tools/lock.sh").read_text())
    assert locked_for
    assert project["requires-python"] == f">={locked_for[1]}"


def locked_names() -> set[str]:
    names = re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    return {name.replace("-", "_") for name in names}


def needed_at_run_time(file: Path) -> Iterator[str]:
    """The top-level packages that a file can't do without: not those for type checkers, nor what it tries."""
    blocks = [node for node in nodes_of(file) if isinstance(node, ast.If | ast.Try)]
    optional = {id(node) for block in blocks for node in ast.walk(block)}
    for node in nodes_of(file):
        if isinstance(node, ast.Import) and id(node) not in optional:
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module and id(node) not in optional:
            yield node.module.partition(".")[0]


@pytest.mark.slow
def test_product_imports_nothing_that_only_the_checks_install():
    ours = {*APPS, "config", "tools"}
    files = [file for package in (*APPS, "config") for file in python_files(package)]
    foreign = {name for file in files for name in needed_at_run_time(file)} - sys.stdlib_module_names - ours
    assert "django" in foreign
    distributions = packages_distributions()
    missing = []
    for name in sorted(foreign):
        installed_by = {one.lower().replace("-", "_") for one in distributions.get(name, [])}
        if not installed_by & locked_names():
            missing.append(name)
    assert missing == [], "add it to requirements.in and run make lock"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_lock_has_one_version_of_everything_for_every_python(name):
    pinned = re.findall(r"^([a-z0-9._-]+)==(\S+)(?: ; (.*?))? \\$", (ROOT / name).read_text(), re.MULTILINE)
    names = [package for package, _, _ in pinned]
    assert len(names) > 50
    assert sorted(names) == sorted(set(names)), "two versions of one package"
    # What is for Python in a browser alone (Emscripten) is never installed here.
    here = [(package, marker) for package, _, marker in pinned if "== 'emscripten'" not in marker]
    assert [package for package, marker in here if "python" in marker.replace("platform_python", "")] == []
