"""What is known of an offer, against which its words are held."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from checkout_widgets.models import Offer
from experiments import formatting

FEW = 10  # as widgets say by themselves how many are left
SOON = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """How often it can still be had (None where nothing is counted), when it ends, and how many orders it was in."""

    times_left: int | None
    ends_at: datetime | None
    recent_orders: int
    now: datetime

    @classmethod
    def of(cls, offer: Offer, now: datetime) -> "OfferFacts":
        """Return what the database knows."""
        return cls(offer.times_left(), offer.ends_at, offer.recent_orders, now)

    def why_not_few(self, found: re.Match[str]) -> str:
        """Say why it isn't true that few are left; empty where it is."""
        words = {"words": found[0]}
        if self.times_left is None:
            return _("“%(words)s” can't be true: the stock isn't tracked. Track it, or leave this out.") % words
        numbers = found.groupdict()
        number = numbers["number"] or numbers["other"]
        if number is not None and int(number) != self.times_left:
            text = _(
                "“%(words)s” isn't true: %(left)s are left. The widget shows how many once there are ten or fewer."
            )
            return text % {**words, "left": formatting.count(self.times_left)}
        if self.times_left > FEW:
            text = _("“%(words)s” isn't true: %(left)s are left. Leave it out.")
            return text % {**words, "left": formatting.count(self.times_left)}
        if number is not None:
            text = _("“%(words)s” is true now, but not after the next sale. Leave it out: the widget shows it itself.")
            return text % words
        return ""

    def why_not_ending(self, words: str) -> str:
        """Say why it isn't true that the offer ends soon; empty where it is."""
        if self.ends_at is None:
            text = _("“%(words)s” isn't true: the offer has no end date. Enter one, or leave this out.")
            return text % {"words": words}
        if self.ends_at - self.now > SOON:
            text = _("“%(words)s” isn't true yet: the offer ends later. The widget shows when.")
            return text % {"words": words}
        return ""
