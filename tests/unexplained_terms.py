"""What of the glossary's terms a page uses in its sentences without explaining it where it uses it first.

Headings, names of fields, and titles of columns can't explain anything: a button doesn't belong there, and in a dialog
it would take the focus.
"""

from html.parser import HTMLParser

from dashboard.glossary.marking import WITHOUT_TERMS, pattern_of
from dashboard.glossary.terms import terms_in_texts
from tests.raw_strings import VOID

TITLES = frozenset({"title", "h1", "h2", "h3", "h4", "th", "dt", "legend", "nav", "caption", "figcaption", "dialog"})
NOT_READ = WITHOUT_TERMS | TITLES
FEWEST_WORDS = 5  # of a sentence


class TermReader(HTMLParser):
    """Collects the terms that a page explains, and those that its sentences use."""

    def __init__(self) -> None:
        super().__init__()
        self.explained: set[str] = set()
        self.used: dict[str, str] = {}  # by the term's key, the first text with it
        self.skipped: list[str] = []  # the open tags from the first that isn't read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a term's meaning; go past what can't explain a term."""
        given = {name: value or "" for name, value in attrs}
        is_meaning = given.get("class") == "term-meaning"
        if is_meaning:
            self.explained.add(given["id"].removeprefix("term-").rpartition("-")[0])
        is_unread = tag in NOT_READ or is_meaning or given.get("translate") == "no"
        if (self.skipped or is_unread) and tag not in VOID:
            self.skipped.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Read on behind what isn't read."""
        if tag in self.skipped:
            last = len(self.skipped) - 1 - self.skipped[::-1].index(tag)
            del self.skipped[last:]

    def handle_data(self, data: str) -> None:
        """Note the terms of a sentence; fewer words are a figure's name."""
        words = data.split()
        if self.skipped or len(words) < FEWEST_WORDS:
            return
        text = " ".join(words)
        forms = terms_in_texts()
        for found in pattern_of(tuple(forms)).finditer(text):
            self.used.setdefault(forms[found[0].lower()].key, text)


def unexplained_terms(html: str) -> dict[str, str]:
    """The keys of terms that a page doesn't explain, each with the first sentence that uses it."""
    reader = TermReader()
    reader.feed(html)
    reader.close()
    return {key: text for key, text in reader.used.items() if key not in reader.explained}
