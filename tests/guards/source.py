"""The source that the guards read: every module of our packages, parsed once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("experiments", "checkout_widgets", "journeys", "dashboard", "demo", "config")
Node = TypeVar("Node", bound=ast.AST)


@cache
def modules() -> dict[str, ast.Module]:
    """The modules by their path, without migrations, which stay as they landed."""
    found: dict[str, ast.Module] = {}
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in file.parts:
                found[str(file.relative_to(ROOT))] = ast.parse(file.read_text())
    return found


def nodes(kind: type[Node]) -> Iterator[tuple[str, Node]]:
    """All nodes of a kind, each with its module's path."""
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, kind):
                yield path, node


def place(path: str, node: ast.expr | ast.stmt) -> str:
    """Where a node is, as editors read it."""
    return f"{path}:{node.lineno}"
