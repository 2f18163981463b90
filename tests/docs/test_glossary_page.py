"""The glossary in the documentation says what the product's own says."""

from pathlib import Path

import pytest

from dashboard.glossary.term import Section, Term
from dashboard.glossary.terms import SECTIONS

PAGE = (Path(__file__).resolve().parents[2] / "docs/glossary.md").read_text()


def row(term: Term) -> str:
    name = f"**{term.name}**"
    if term.abbreviation:
        name += f" ({term.abbreviation})"
    return f"| {name} | {term.explanation} |"


@pytest.mark.parametrize("section", SECTIONS, ids=[section.key for section in SECTIONS])
def test_docs_have_the_terms_of_the_product(section: Section):
    table = "\n".join([f"## {section.title}", "", "| term | meaning |", "|---|---|", *map(row, section.terms)])
    assert table in PAGE, f"docs/glossary.md should have:\n\n{table}"
