import doctest
import re
from pathlib import Path

from experiments.statistics import Reason

PAGE = Path(__file__).parents[2] / "docs" / "statistics.md"


def test_examples_of_the_page_say_what_the_engine_says():
    results = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert results.attempted > 30
    assert results.failed == 0


def test_page_explains_every_reason():
    _, _, section = PAGE.read_text().partition("## When there is no result")
    section, _, _ = section.partition("\n## ")
    explained = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    assert explained == {reason.value for reason in Reason}


def test_links_within_the_page_lead_somewhere():
    text = PAGE.read_text()
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors


def test_pictures_of_the_page_exist():
    for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", PAGE.read_text()):
        assert (PAGE.parent / name).exists()
