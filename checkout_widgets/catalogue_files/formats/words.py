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
YES = frozenset({"1", "true", "yes"})
NO = frozenset({"0", "false", "no"})


def plain(markup: str) -> str:
    """Return HTML as text on one line."""
    markup = markup.replace("\\n", " ")  # WooCommerce writes a line break as a backslash with an n
    return SPACES.sub(" ", html.unescape(strip_tags(BLOCK_END.sub(" ", markup)))).strip()


def fitting(column: str, text: str) -> str:
    """Cut the text to what our column takes: shops write longer ones than widgets show."""
    return Truncator(text).chars(LONGEST[column])
