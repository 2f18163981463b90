"""A product feed in XML (RSS 2.0 or Atom, as Google Merchant Center takes them) as rows.

defusedxml refuses document types and entities, so that no file can reach others or multiply itself.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _

from experiments import formatting
from experiments.tables.faults import BadFile, BadRow
from experiments.tables.limits import Limits

ITEMS = frozenset({"item", "entry"})
GOOGLE = "{http://base.google.com/ns/1.0}"
MAX_DEPTH = 50  # a feed has five; each level is an element in memory until it closes
MAX_PARTS = 2_000  # elements of one item, which is in memory as a whole
# Two of these that differ would be a guess about what is sold at which price.
SINGLE = frozenset({"id", "title", "price", "sale_price", "availability", "image_link", "cost_of_goods_sold"})


def read_items(stream: BinaryIO, limits: Limits) -> Iterator[dict[str, str] | BadRow]:
    """The elements of each item as text, or what is wrong with the item. Raises ``BadFile``."""
    try:
        yield from items(stream, limits)
    except DefusedXmlException as error:
        raise BadFile(
            _("The XML declares a document type or entities, which aren't supported: export a feed without them.")
        ) from error
    except (ParseError, LookupError, UnicodeError) as error:
        raise BadFile(_("The file can't be read as XML: {error}. Export it again.").format(error=error)) from error


def items(stream: BinaryIO, limits: Limits) -> Iterator[dict[str, str] | BadRow]:
    """As ``read_items``, with the errors of the parser. What was read is let go of at once."""
    open_elements: list[Element] = []
    # How deep the item's own element is, 0 between items; and how many elements came since it, or since the last one.
    item_at, parts = 0, 0
    for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            open_elements.append(element)
            parts += 1
            # An element of an item's name within an item is a part of it.
            if not item_at and local_name(element) in ITEMS:
                item_at, parts = len(open_elements), 0
            if len(open_elements) > MAX_DEPTH or (item_at and parts > MAX_PARTS):
                raise BadFile(_("The XML is nested too deeply, or an item has too many parts: export another feed."))
            continue
        open_elements.pop()
        if item_at == len(open_elements) + 1:
            item_at = 0
            yield values_of(element, limits)
        # A part of an item is kept until the item ends; the rest would grow with the file.
        if not item_at and open_elements:
            open_elements[-1].remove(element)


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def values_of(item: Element, limits: Limits) -> dict[str, str] | BadRow:
    """An item's text by name. Google's own elements go before others of the same name, as ``g:title`` before ``title``.

    Of what may come several times (images, kinds of product), the first counts; two prices or ids are a fault.
    """
    googles: list[Element] = []
    others: list[Element] = []
    for part in item:
        if len(part):
            continue  # an element with elements of its own, such as shipping, is none of our columns
        if str(part.tag).startswith(GOOGLE):
            googles.append(part)
        else:
            others.append(part)
    try:
        own = texts_by_name(googles, limits)
        return texts_by_name(others, limits) | own
    except BadRow as fault:
        return fault


def texts_by_name(parts: list[Element], limits: Limits) -> dict[str, str]:
    """Return the first text under each name. Raises ``BadRow``."""
    texts: dict[str, str] = {}
    for part in parts:
        name, text = local_name(part), link_or_text(part)
        if len(text) > limits.cell:
            raise BadRow(
                _("{column} has more than {limit} characters: shorten it").format(
                    column=name, limit=formatting.count(limits.cell)
                )
            )
        first = texts.setdefault(name, text)
        if first != text and name in SINGLE:
            raise BadRow(
                _("{column} appears twice, as {first} and {second}: remove one of the two").format(
                    column=name, first=repr(first), second=repr(text)
                )
            )
    return texts


def link_or_text(part: Any) -> str:
    """Return an element's text; Atom has addresses in an attribute."""
    return str(part.text or part.get("href") or "").strip()
