"""The source that the guards read: every module of our packages, parsed once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
APPS = ("experiments", "checkout_widgets", "journeys", "dashboard", "demo")
PACKAGES = (*APPS, "config")
# The benchmarks are read by strangers too: they check our figures by them.
READ_BY_STRANGERS = (*PACKAGES, "bench")
Node = TypeVar("Node", bound=ast.AST)


# Every guard asks for the same files: to parse and walk them anew took each of them a second.
@cache
def nodes_of(file: Path) -> tuple[ast.AST, ...]:
    """All nodes of a file, the module first."""
    return tuple(ast.walk(ast.parse(file.read_text())))


@cache
def python_files(folder: str) -> tuple[Path, ...]:
    """The modules in a folder and below it."""
    return tuple(sorted((ROOT / folder).rglob("*.py")))


@cache
def sources_of(package: str) -> tuple[Path, ...]:
    """The modules of a package, without migrations, which stay as they landed."""
    return tuple(file for file in python_files(package) if "migrations" not in file.parts)


@cache
def modules(packages: tuple[str, ...] = PACKAGES) -> dict[str, tuple[ast.AST, ...]]:
    """The nodes of each module by its path."""
    found: dict[str, tuple[ast.AST, ...]] = {}
    for package in packages:
        for file in sources_of(package):
            found[str(file.relative_to(ROOT))] = nodes_of(file)
    return found


def nodes(kind: type[Node], packages: tuple[str, ...] = PACKAGES) -> Iterator[tuple[str, Node]]:
    """All nodes of a kind, each with its module's path."""
    for path, of_module in modules(packages).items():
        for node in of_module:
            if isinstance(node, kind):
                yield path, node


def place(path: str, node: ast.expr | ast.stmt) -> str:
    """Where a node is, as editors read it."""
    return f"{path}:{node.lineno}"


def imports(file: Path) -> Iterator[str]:
    """The modules that a file imports from, by their whole names."""
    for node in nodes_of(file):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
