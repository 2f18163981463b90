"""Numbers that people read are written in their language, by ``experiments.formatting`` alone."""

import re

import pytest

from tests.guards.source import ROOT, python_files

# 1,234 or 12%, written by Python, which knows English alone.
WRITTEN_BY_PYTHON = re.compile(r"\{[^{}\"']+:(?:,(?:\.\d+f)?|\.\d+%)\}")
ROOMS = ("experiments", "checkout_widgets", "journeys", "dashboard")
# Commands speak English, and ``formatting`` and the trail put the marks of the language into what Python wrote.
LEFT_OUT = ("management/commands", "experiments/formatting.py", "experiments/big_tables", "dashboard/operations")


@pytest.mark.parametrize("room", ROOMS)
def test_no_number_for_readers_has_the_marks_of_english_alone(room):
    found = []
    for path in python_files(room):
        name = str(path.relative_to(ROOT))
        if any(part in name for part in LEFT_OUT):
            continue
        for line in path.read_text().splitlines():
            if WRITTEN_BY_PYTHON.search(line) and "in_language(" not in line:
                found.append(f"{name}: {line.strip()}")
    assert found == [], "write it by experiments.formatting: count, percent, price"
