"""Advice on a widget's words in English, by rules alone: what sells plainly, and what presses or claims too much."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

LONG_HEADLINE = 60  # characters: a phone shows two lines of it
LONG_SENTENCE = 20  # words: longer ones are read twice
# What presses, and what to write instead.
PRESSURE = {
    "hurry": "Available until Sunday",
    "act now": "Add it to this order",
    "last chance": "Available until Sunday",
    "don't miss": "Add it to this order",
    "only today": "Available until Sunday",
    "while stocks last": "{price} with this order",
    "selling fast": "{price} with this order",
    "almost gone": "{price} with this order",
}
CLAIM = re.compile(r"\b(best[- ]?selling|most popular|number one|the best|guaranteed|customers love)\b|#1\b", re.I)
SELLING_FIRST = re.compile(r"^(buy|add|get our|purchase|order|special offer|don't miss)\b", re.I)


@dataclass(frozen=True, slots=True)
class Advice:
    """What could be better about one text: ``field`` is the widget's."""

    field: str
    text: str


def advice_on(texts: Mapping[str, str]) -> list[Advice]:
    """Return advice on the texts of a widget, by the names of its fields, in their order."""
    given = []
    for field, text in texts.items():
        for rule in (pressing, claiming, long_sentence):
            said = rule(text)
            if said:
                given.append(Advice(field, said))
    headline = texts.get("headline", "")
    if len(headline) > LONG_HEADLINE:
        words = {"length": len(headline), "limit": LONG_HEADLINE}
        given.append(Advice("headline", _("%(length)s characters. Phones show about %(limit)s.") % words))
    if SELLING_FIRST.search(headline):
        given.append(Advice("headline", _("Begin with what the shopper gains, not with what they should do.")))
    return given


def pressing(text: str) -> str:
    """Return what presses, with a better wording; empty where nothing does."""
    lowered = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    for words, better in PRESSURE.items():
        if words in lowered:
            told = _("“%(words)s” presses shoppers, and is untrue where nothing ends. Try “%(better)s”.")
            return told % {"words": words, "better": better}
    return ""


def claiming(text: str) -> str:
    """Return a claim that needs data; empty where there is none."""
    claim = CLAIM.search(text)
    if claim is None:
        return ""
    told = _("“%(claim)s” is a claim: say it only if your data show it, such as by {orders_30d} under social proof.")
    return told % {"claim": claim[0]}


def long_sentence(text: str) -> str:
    """Return that a sentence is long; empty where none is."""
    for sentence in re.split(r"[.!?]+", text):
        words = len(sentence.split())
        if words > LONG_SENTENCE:
            told = _("A sentence has %(words)s words. Up to %(limit)s are read in one pass.")
            return told % {"words": words, "limit": LONG_SENTENCE}
    return ""
