"""Texts of shop systems as our columns have them."""

import html
import re

from django.utils.html import strip_tags
from django.utils.text import Truncator

IN_STOCK = "in stock"
OUT_OF_STOCK = "out of stock"
SPACES = re.compile(r"\s+")
BLOCK_END = re.compile(r"<(?:br|/p|/div|/li|/h\d|/tr)\b[^>]*>", re.IGNORECASE)
LONGEST = {"title": 200, "category": 64, "description": 10_000}
NO = frozenset({"false", "no", "0"})


def plain(markup: str) -> str:
    """HTML as text on one line. WooCommerce writes a line break as a backslash with an n."""
    markup = markup.replace("\\n", " ")
    return SPACES.sub(" ", html.unescape(strip_tags(BLOCK_END.sub(" ", markup)))).strip()


def fitting(column: str, text: str) -> str:
    """The text as long as our column takes it: shops write longer ones than widgets show."""
    return Truncator(text).chars(LONGEST[column])
