"""The rules: from a widget's texts, and what is known of its offer, to advice."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from checkout_widgets.copy_check.languages import LANGUAGES, CopyLanguage, language_of
from checkout_widgets.copy_check.offer_facts import OfferFacts
from checkout_widgets.copy_check.reading_ease import SENTENCE_ENDS, reading_ease
from experiments import formatting

LONG_HEADLINE = 60  # characters: a phone shows two lines of it
HARD_TO_READ = 50  # below, a text is "fairly difficult" by Flesch's own scale
TYPOGRAPHIC = str.maketrans({"\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{NO-BREAK SPACE}": " "})


@dataclass(frozen=True, slots=True)
class Advice:
    """What could be better about one text: ``field`` is the widget's."""

    field: str
    text: str


def advice_on(texts: Mapping[str, str], offer: OfferFacts | None = None, language: str = "") -> list[Advice]:
    """Return advice on the texts of a widget, by the names of its fields, in their order.

    ``language``: a tag such as ``de-AT``, empty where nobody said; none of a language whose words aren't known here.
    ``offer``: what is known of the offer, where one is chosen.
    """
    code = language.lower().replace("_", "-").partition("-")[0] or language_of(texts)
    if code not in LANGUAGES:
        return []
    checker = CopyChecker(code, LANGUAGES[code], offer)
    given = []
    for field, text in texts.items():
        for hint in checker.check(field, text.translate(TYPOGRAPHIC)):
            given.append(Advice(field, hint))
    return given


@dataclass(frozen=True, slots=True)
class CopyChecker:
    """The rules of one language; ``offer`` where one is chosen."""

    code: str
    language: CopyLanguage
    offer: OfferFacts | None

    def check(self, field: str, text: str) -> Iterator[str]:
        """Yield what could be better about a text."""
        untrue = self.untrue(text)
        if untrue:
            yield untrue
        else:
            yield from self.pressing(text)
        yield from self.claiming(text)
        yield from self.long_sentence(text)
        yield from self.hard_to_read(text)
        if field == "headline":
            yield from self.headline(text)

    def pressing(self, text: str) -> Iterator[str]:
        """Yield what presses, with a better wording."""
        for words, better in self.language.pressure.items():
            if re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.I):
                hint = _("“%(words)s” puts pressure on shoppers, and is untrue if nothing ends. Try “%(better)s”.")
                yield hint % {"words": words, "better": better}
                return

    def untrue(self, text: str) -> str:
        """Return what isn't true of the offer: few left, or soon over; empty where it is, or nothing is known."""
        if self.offer is None:
            return ""
        few = self.language.few_left.search(text)
        if few is not None:
            return self.offer.why_not_few(few)
        ending = self.language.ends_soon.search(text)
        if ending is not None:
            return self.offer.why_not_ending(ending[0])
        return ""

    def claiming(self, text: str) -> Iterator[str]:
        """Yield a claim that needs data, with the data that there is."""
        claim = self.language.claim.search(text)
        if claim is None:
            return
        words = {"claim": claim[0]}
        if self.offer is not None and self.offer.recent_orders:
            words["orders"] = formatting.count(self.offer.recent_orders)
            hint = _(
                "“%(claim)s” is a claim that needs proof. Say what your data show instead: the products were in "
                "%(orders)s orders of the last 30 days ({orders_30d}, under social proof)."
            )
            yield hint % words
            return
        hint = _(
            "“%(claim)s” is a claim that needs proof. Say it only if your data show it, such as with "
            "{orders_30d} under social proof."
        )
        yield hint % words

    def long_sentence(self, text: str) -> Iterator[str]:
        """Yield that a sentence is long."""
        limit = self.language.longest_sentence
        for sentence in SENTENCE_ENDS.split(text):
            words = len(sentence.split())
            if words > limit:
                hint = _("A sentence has %(words)s words. Up to %(limit)s are read in one pass.")
                yield hint % {"words": words, "limit": limit}
                return

    def hard_to_read(self, text: str) -> Iterator[str]:
        """Yield that a text is hard to read."""
        ease = reading_ease(text, self.code, self.language.reading_ease)
        if ease is not None and ease < HARD_TO_READ:
            hint = _("Reading ease %(ease)s of 100: use shorter words and sentences. Above %(limit)s reads easily.")
            yield hint % {"ease": round(ease), "limit": HARD_TO_READ}

    def headline(self, text: str) -> Iterator[str]:
        """Yield what could be better about a headline: what is gained first, and in two lines."""
        if len(text) > LONG_HEADLINE:
            hint = _("%(length)s characters. Phones show about %(limit)s.")
            yield hint % {"length": len(text), "limit": LONG_HEADLINE}
        if self.language.selling_first.search(text):
            yield _("Begin with what the shopper gains, not with what they should do.")
