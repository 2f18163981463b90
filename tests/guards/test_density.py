"""Code for the second reader: one decision a statement, short functions, comments that say why.

Ruff holds what it has a rule for. A number here is a ceiling, or for comments a floor: change it in one direction only.
"""

import ast
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.guards.source import PACKAGES, ROOT, modules, nodes, place

MOST_LINES = 35
MOST_POSITIONAL = 4
LONG_FUNCTIONS = 0
MANY_POSITIONAL = 0
NESTED_CONDITIONALS = 0
TWICE_FILTERED = 0
CONDITIONALS_PER_FUNCTION = 0.02
COMPREHENSIONS_PER_FUNCTION = 0.12
COMMENTS_PER_THOUSAND_LINES = 25

COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
BLOCKS = (ast.FunctionDef, ast.ClassDef, ast.If, ast.For, ast.With, ast.While, ast.Try, ast.Match)


def test_functions_are_short():
    found = []
    for path, node in nodes(ast.FunctionDef):
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > MOST_LINES:
            found.append(f"{place(path, node)} {node.name}: {lines} lines")
    assert len(found) <= LONG_FUNCTIONS, found


def test_many_parameters_are_keyword_only():
    found = []
    for path, node in nodes(ast.FunctionDef):
        names = [parameter.arg for parameter in (*node.args.posonlyargs, *node.args.args)]
        if len(set(names) - {"self", "cls"}) > MOST_POSITIONAL:
            found.append(f"{place(path, node)} {node.name}: {', '.join(names)}")
    assert len(found) <= MANY_POSITIONAL, found


def test_no_conditional_expression_stands_in_another():
    found = []
    for path, outer in nodes(ast.IfExp):
        within = [node for part in (outer.test, outer.body, outer.orelse) for node in ast.walk(part)]
        if any(isinstance(node, ast.IfExp) for node in within):
            found.append(place(path, outer))
    assert len(found) <= NESTED_CONDITIONALS, found


@pytest.mark.slow
def test_statement_has_one_comprehension_with_a_condition():
    found = []
    for path, node in nodes(ast.stmt):
        if not isinstance(node, BLOCKS) and len(list(filtering(node))) > 1:
            found.append(place(path, node))
    assert len(found) <= TWICE_FILTERED, found


def filtering(statement: ast.stmt) -> Iterator[ast.expr]:
    """The comprehensions with a condition in a statement."""
    for node in ast.walk(statement):
        if isinstance(node, COMPREHENSIONS) and any(part.ifs for part in node.generators):
            yield node


class Room(NamedTuple):
    """What is counted in a folder: a package's, or one below it."""

    functions: int
    conditionals: int
    comprehensions: int


def count(folder: str) -> Room:
    functions = conditionals = comprehensions = 0
    for path, of_module in modules().items():
        if not path.startswith(f"{folder}/"):
            continue
        for node in of_module:
            functions += isinstance(node, ast.FunctionDef)
            conditionals += isinstance(node, ast.IfExp)
            comprehensions += isinstance(node, COMPREHENSIONS)
    return Room(functions, conditionals, comprehensions)


@pytest.mark.slow
def test_functions_are_not_dense():
    rooms = [count(package) for package in PACKAGES]
    functions = sum(room.functions for room in rooms)
    assert functions > 2_000
    assert sum(room.conditionals for room in rooms) / functions <= CONDITIONALS_PER_FUNCTION
    assert sum(room.comprehensions for room in rooms) / functions <= COMPREHENSIONS_PER_FUNCTION


def test_comments_say_why():
    lines = comments = 0
    for path in modules():
        for line in (ROOT / path).read_text().splitlines():
            lines += 1
            comments += line.lstrip().startswith("#") or "  # " in line
    assert comments / lines * 1_000 >= COMMENTS_PER_THOUSAND_LINES
