"""The forms of a page, to be sent back as a browser would but for what a test changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, quote_plus, urlsplit

UNTYPED = frozenset({"checkbox", "radio", "submit", "button", "file", "image", "reset"})


@dataclass
class Form:
    """A form: where it is sent (empty: to the page itself), how, and with what.

    ``typed`` are the names of the fields that hold text, a number, a date, a choice or something hidden; ``written``
    those in which somebody writes.
    """

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)


class PageReader(HTMLParser):
    """Collects a page's forms, and the names in the queries of its links."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.queried: set[str] = set()
        self.form: Form | None = None
        self.name = ""  # of the text area or the list that is open
        self.is_text = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a form, one of its fields, or a link."""
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "a":
            self.queried |= {key for key, _ in parse_qsl(urlsplit(given.get("href", "")).query, keep_blank_values=True)}
        if tag == "form":
            self.form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self.form)
        if self.form is None:
            return
        if tag == "input" and name:
            take_input(self.form, name, given)
        if tag in {"select", "textarea"} and name:
            self.name, self.is_text = name, tag == "textarea"
            self.form.typed.append(name)
            self.form.values[name] = ""
            if self.is_text:
                self.form.written.append(name)
        if tag == "option" and self.name and ("selected" in given or not self.form.values[self.name]):
            self.form.values[self.name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        """Take the text of a text area."""
        if self.form is not None and self.name and self.is_text:
            self.form.values[self.name] += data

    def handle_endtag(self, tag: str) -> None:
        """Close a form, a list or a text area."""
        if tag == "form":
            self.form = None
        if tag in {"select", "textarea"}:
            self.name, self.is_text = "", False


def take_input(form: Form, name: str, given: Mapping[str, str]) -> None:
    """Take an input as a browser would send it: a box only where it is ticked, a button not at all."""
    kind = given.get("type", "text")
    if kind not in UNTYPED:
        form.typed.append(name)
        form.values[name] = given.get("value", "")
    if kind not in UNTYPED and kind != "hidden":
        form.written.append(name)
    if kind in {"checkbox", "radio"} and "checked" in given:
        form.values[name] = given.get("value", "on")


def read_page(html: str) -> PageReader:
    """What the page asks for."""
    reader = PageReader()
    reader.feed(html)
    return reader


def encoded(values: Mapping[str, str]) -> str:
    """The values as a query or a form's body; halves of UTF-16 pairs as bytes, which no browser would send."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value, errors='surrogatepass')}" for name, value in values.items())
