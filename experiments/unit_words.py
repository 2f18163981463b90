"""What is said of tests on customers: texts about visitors, with the word for whom the test counts.

All results of a test are computed and worded alike, whoever its unit is. So the word is changed where a text is read,
and not in each of hundreds of sentences, which would be forgotten in some. In English and German; in other languages,
the texts of such tests go on speaking of visitors until somebody writes down how it bends the word.
"""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from django.utils.translation import get_language

from experiments.models import Experiment
from experiments.report import Report

WORDS = {
    "visitor": "customer",
    "visitors": "customers",
    "Visitor": "Customer",
    "Visitors": "Customers",
    # whoever gets a message has no cart: the order that began it all stands in its place
    "cart value": "value of the order before",
    "Cart value": "Value of the order before",
}
GERMAN = {"er": "Kunden", "ers": "Kunden", "ern": "Kunden"}
GERMAN_WORD = re.compile(r"(?<![\w/.-])Besuch(ers?|ern)(?![\w/-])")
GERMAN_CART = re.compile(r"\bWarenkorbwert\b")
# "Besucher" is one or many, "Kunde" is one alone: after these words it is one, and it is what the sentence is about.
GERMAN_ONE = re.compile(
    r"\b((?:pro|je|[Kk]?ein|jeder|welcher|(?:der|die) erste)\s+|(?<!von )(?<![\d.,])1\s+)Besucher\b", re.IGNORECASE
)
# Whole words: a code such as "orders_per_visitor" has none at its edges, and neither has a path such as /visitors/x.
WORD = re.compile(r"(?<![\w/.-])(?:[Vv]isitors?|[Cc]art value)(?![\w/-])")
# Where reports have sentences for people; all else, such as codes, keys and names, is never changed.
SENTENCES = frozenset({"headline", "next_step", "text", "detail", "label", "goal_note", "interaction_text"})
# What a tag says aloud, or shows beside its cell on a phone; everything else in tags is for machines.
SPOKEN = re.compile(r'((?:aria-label|data-label|title|alt)=")([^"]*)(")')
TAG = re.compile(r"(<[^>]*>)")
# Parts of a page whose texts aren't ours: what somebody typed, and what scripts read.
FOREIGN = re.compile(r"<(script|style|code|textarea)\b|<\w+[^>]*\btranslate=\"no\"")

Part = TypeVar("Part")


def with_word(text: str) -> str:
    """Return a text about visitors as one about customers."""
    language = (get_language() or "en")[:2]
    if language == "de":
        text = GERMAN_CART.sub("Wert der vorigen Bestellung", text)
        return GERMAN_WORD.sub(lambda match: GERMAN[match[1]], GERMAN_ONE.sub(r"\1Kunde", text))
    if language != "en":
        return text
    return WORD.sub(lambda match: WORDS[match[0]], text)


def in_words_of(experiment: Experiment, text: str) -> str:
    """Return a text about a test's visitors in the words of whom it counts."""
    if experiment.is_of_customers:
        return with_word(text)
    return text


def page_with_word(html: str) -> str:
    """Return HTML with its texts as texts about customers; what somebody typed (``translate="no"``) stays as it is."""
    parts, foreign = [], 0
    for part in TAG.split(html):
        if not part.startswith("<"):
            if not foreign:
                part = with_word(part)
            parts.append(part)
            continue
        foreign = depth_after(part, foreign)
        parts.append(SPOKEN.sub(lambda match: match[1] + with_word(match[2]) + match[3], part))
    return "".join(parts)


def depth_after(tag: str, depth: int) -> int:
    """Return how many tags are open, after this one, since one began whose text isn't ours."""
    if depth and tag.startswith("</"):
        return depth - 1
    is_empty = tag.endswith("/>") or re.match(r"<(?:br|img|input|hr|meta|link|source|wbr)\b|<!", tag)
    if is_empty or tag.startswith("</") or not (depth or FOREIGN.match(tag)):
        return depth
    return depth + 1


def about_customers(report: Report) -> Report:
    """Return the report of a test on customers with its sentences about customers."""
    return changed(report)


def changed(part: Part) -> Part:
    """Return a part of a report with its sentences changed, however deep they are."""
    if isinstance(part, list):
        return list(map(changed, part))  # type: ignore[return-value]
    if isinstance(part, Mapping) or not is_dataclass(part) or isinstance(part, type):
        return part
    values: dict[str, Any] = {}
    for field in fields(part):
        value = getattr(part, field.name)
        if isinstance(value, str) and field.name in SENTENCES:
            values[field.name] = with_word(value)
        elif isinstance(value, list) or is_dataclass(value):
            values[field.name] = changed(value)
    return replace(part, **values)
