"""What a page in the pseudo-language shows or reads out in plain letters: a text that no translation would reach.

Data isn't looked for in the texts: tests write it in another script, and its keys and addresses begin with ``zz``.
"""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

PLAIN_WORD = re.compile(r"[A-Za-z]{2,}")
DATA = re.compile(
    r"(?i:\bzz)[\w.@/:-]*|(?i:https?)://\S+|\S+@\S+"
    r"|olr_\S+|\b[ps]k_\S+|\b(?=[a-f]*\d)[0-9a-f]{6,}\b|\w+\*{4,}|\bmd5\b"  # keys and hashes, whole or masked
    r"|&\w+;|\{\w+\}|[a-z-]*\b[A-Z]+_FORMS\b"
)
# Names, which are the same in every language: our own, currencies, the zone of all times, formats of files.
NAMES = {"Offerlift", "EUR", "USD", "UTC", "CSV", "JSON", "PNG", "WooCommerce", "Shopify", "CUPED", "GitHub"}
SHOWN_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "data-label", "data-words")
BUTTONS = {"submit", "button", "reset"}
# Code and what people typed is nobody's to translate; HTML's own translate="no" says it of anything else.
NOT_READ = {"script", "style", "code", "pre", "textarea", "kbd"}
ICONS = "material-symbols"  # a font that draws an icon for its name
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SHOWN_IN_FIGURES = {"text", "hovertext", "hovertemplate", "name", "title", "ticktext"}


class PageReader(HTMLParser):
    """Collects the texts that a page shows or has read out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.skipped: list[str] = []  # the open tags from the first that isn't read
        self.is_figure = False
        self.option: str | None = None  # the value of the open one

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the tag's attributes; go past its content where that isn't read."""
        given = {name: value or "" for name, value in attrs}
        self.is_figure = given.get("type") == "application/json"
        self.option = None
        if tag == "option":
            self.option = given.get("value")
        is_icon = ICONS in given.get("class", "")
        if self.skipped or tag in NOT_READ or is_icon or given.get("translate") == "no":
            if tag not in VOID:
                self.skipped.append(tag)
            return
        self.texts += [given[name] for name in SHOWN_ATTRIBUTES if name in given]
        if tag == "input" and given.get("type") in BUTTONS:
            self.texts.append(given.get("value", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag that closes itself, such as SVG's."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Read on behind what isn't read."""
        if tag in self.skipped:
            last = len(self.skipped) - 1 - self.skipped[::-1].index(tag)
            del self.skipped[last:]

    def handle_data(self, data: str) -> None:
        """Take a text; not that of an option that is its own value, such as the name of a time zone."""
        if data.strip() == self.option:
            return
        if self.is_figure and self.skipped:
            self.texts += shown_in_figure(json.loads(data))
        elif not self.skipped:
            self.texts.append(data)


def shown_in_figure(part: object, name: str = "") -> Iterator[str]:
    """The texts of a chart that Plotly draws from its JSON."""
    if isinstance(part, str) and name in SHOWN_IN_FIGURES:
        yield re.sub(r"%\{[^}]*\}|<[^>]*>", " ", part)
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from shown_in_figure(value, key)
    elif isinstance(part, list):
        for value in part:
            yield from shown_in_figure(value, name)


def raw_strings(texts: list[str]) -> list[str]:
    """Those of the texts that have plain words in them."""
    return [" ".join(text.split()) for text in texts if plain_words(text)]


def plain_words(text: str) -> set[str]:
    """The plain words of a text that are neither data nor names."""
    return set(PLAIN_WORD.findall(DATA.sub(" ", text))) - NAMES


def raw_strings_of_page(html: str) -> list[str]:
    """The raw strings of a page, or of a part of one."""
    reader = PageReader()
    reader.feed(html)
    reader.close()
    return raw_strings(reader.texts)
