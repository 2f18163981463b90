"""A store's question on the confirmation page, as the snippet reads it: written once a language, but for its token.

It stands beside the decisions of a page as one at the moment ``question``, with a part and a trigger of its own.
Nothing is exposed by it, it counts for no cap, and every visitor is asked alike, whichever variant they see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from babel import Locale
from msgspec import Raw
from msgspec.json import Encoder

from checkout_widgets.edge import parts, question_signing
from checkout_widgets.edge.languages import direction, known_locale, known_tag, translated
from checkout_widgets.edge.question_signing import LIFETIME_S, QuestionToken
from checkout_widgets.edge.wording import QUESTION
from checkout_widgets.models import ConfirmationQuestion
from experiments.models import Moment

MOMENT = "question"
ASKED_AT = Moment.CONFIRMATION.value
PARTS = frozenset({parts.CARD, "question"})
TOKEN = b'"token":null'  # no text has it: a quote within one is escaped
MAX_DECISIONS = 200  # more languages than a store has
_encode = Encoder().encode


@dataclass(frozen=True, slots=True)
class QuestionConfiguration:
    """A store's question as the edge holds it; ``decisions`` are what is answered for a language, around the token."""

    number: int
    text: str
    choices: tuple[tuple[str, str], ...]
    translations: Mapping[str, Any] = field(repr=False)
    decisions: dict[str, tuple[bytes, bytes]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def tags(self) -> set[str]:
        """The tags that answers leave."""
        return set(dict(self.choices))

    def asked_of(self, store_id: int, visitor_id: str, locale: str, now: datetime) -> Raw:
        """Return the question for a visitor as JSON."""
        tag = known_tag(locale)
        around = self.decisions.get(tag)
        if around is None:
            around = self.written(known_locale(locale))
            if len(self.decisions) >= MAX_DECISIONS:  # locales come from pages: anybody can ask for any number
                self.decisions.clear()
            self.decisions[tag] = around
        before, after = around
        token = QuestionToken(store_id, self.number, visitor_id, int(now.timestamp()) + LIFETIME_S)
        return Raw(before + question_signing.sign(token) + after)

    def written(self, locale: Locale) -> tuple[bytes, bytes]:
        """Return the decision as JSON, before its token and after it."""
        texts = self.texts_in(locale)
        decision = {
            "moment": MOMENT,
            # No test has a key with a colon. A snippet fetches parts of decisions with one alone.
            "experiment": f"{MOMENT}:{self.number}",
            "variant": None,
            "rollout": False,
            "trigger": {"kind": MOMENT},
            "exposure_token": None,
            "content": self.content(texts, locale),
            "parts": parts.encoded(PARTS),
        }
        before, null, after = _encode(decision).partition(TOKEN)
        return before + null.removesuffix(b"null") + b'"', b'"' + after

    def content(self, texts: Mapping[str, Any], locale: Locale) -> dict[str, Any]:
        """Return what is shown: the question, its answers, and the product's own words."""
        own = texts.get("choices", {})
        choices = []
        for tag, text in self.choices:
            choices.append({"tag": tag, "text": own.get(tag) or text})
        headline = texts.get("text") or self.text
        return {
            "layout": MOMENT,
            "headline": headline,
            "direction": direction(headline),
            "theme": {},
            "messages": translated(QUESTION, locale),
            "question": {"choices": choices, "token": None},
        }

    def texts_in(self, locale: Locale) -> Mapping[str, Any]:
        """Return the store's texts for ``de-AT``, else ``de``; none where it has written none."""
        name = str(locale).lower().replace("_", "-")
        return self.translations.get(name) or self.translations.get(locale.language) or {}


def question_configuration(row: ConfirmationQuestion) -> QuestionConfiguration:
    """Return a store's question as the edge holds it."""
    choices = []
    for choice in row.choices:
        choices.append((choice["tag"], choice["text"]))
    return QuestionConfiguration(row.number, row.text, tuple(choices), row.translations)
