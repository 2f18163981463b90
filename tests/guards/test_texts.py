"""Texts of the console can be collected for translators, as whole sentences."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards.source import PACKAGES, ROOT, nodes_of, python_files

GETTEXT = {
    "_",
    "gettext",
    "gettext_noop",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}
# Texts that are noted by gettext_noop where they are defined, because a page and a program need them.
NOTED_BEFORE = {
    "MESSAGE",
    "self.name",
    "self.signal",
    "self.offer",
    "self.forms",
    "self.meaning",
    "self.heading",
    "error.template",
}
UNNAMED_PLACEHOLDERS = re.compile(r"(?<!%)%[sdrif]|\{\}")


def gettext_calls(file: Path) -> Iterator[ast.Call]:
    for node in nodes_of(file):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GETTEXT:
            yield node


@pytest.mark.parametrize("package", PACKAGES)
def test_texts_given_to_gettext_can_be_collected_and_translated(package):
    """Only literals are collected; a translator has to see what a placeholder stands for, and may move it."""
    wrong = []
    for file in python_files(package):
        for call in gettext_calls(file):
            message = call.args[0]
            if ast.unparse(message) in NOTED_BEFORE:
                continue
            text = message.value if isinstance(message, ast.Constant) else None
            if not isinstance(text, str) or UNNAMED_PLACEHOLDERS.search(text):
                wrong.append(f"{file.relative_to(ROOT)}:{call.lineno}")
    assert wrong == []
