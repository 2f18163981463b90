"""One offer with what became of it, day by day and in each place where it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from checkout_widgets.edge.offers import load_offers
from checkout_widgets.models import Offer, Product
from checkout_widgets.offer_changes import PICTURE, PROMISED, picturing, promised_to
from checkout_widgets.offer_days.figures import OfferFigures, counted_until, figures_by, total
from dashboard.offers.claims import OfferClaims
from dashboard.offers.page import NOTHING, OfferRow, OfferUse, uses_of
from dashboard.offers.periods import Period, period_of
from experiments.models import Experiment
from journeys.life.offer_uses import journeys_of_offers


@dataclass(frozen=True)
class Promises:
    """What stays of an offer while tests run that show it, or its products."""

    offer: Offer
    products: list[Product]

    @cached_property
    def tests(self) -> list[Experiment]:
        """The tests that show the offer."""
        return list(promised_to(self.offer))

    @cached_property
    def fixed(self) -> frozenset[str]:
        """The columns that stay."""
        fixed: frozenset[str] = frozenset()
        if self.tests:
            fixed |= PROMISED
        if picturing(self.products).exists():
            fixed |= {PICTURE}
        return fixed


@dataclass(frozen=True, slots=True)
class UseRow:
    """A place where the offer is or was shown, with what became of it there."""

    use: OfferUse
    figures: OfferFigures


@dataclass(frozen=True)
class OneOfferPage:
    """What the page of an offer shows beside its form."""

    offer: Offer
    now: datetime
    period: Period

    @classmethod
    def asked(cls, offer: Offer, query: Mapping[str, str], now: datetime) -> "OneOfferPage":
        """Return what an address asks for."""
        return cls(offer, now, period_of(query, offer.store, now))

    @cached_property
    def row(self) -> OfferRow:
        """The offer as the list shows it."""
        shown = load_offers(Offer.objects.filter(pk=self.offer.pk))[self.offer.pk]
        uses = uses_of(self.offer.store, [self.offer.pk])[self.offer.pk]
        journeys = journeys_of_offers(self.offer.store)[self.offer.key]
        return OfferRow(self.offer, shown, total(self.by_day), uses, journeys, shown.is_available(self.now))

    @cached_property
    def claims(self) -> OfferClaims:
        """What may be claimed of the offer."""
        return OfferClaims(self.offer, self.row.shown)

    @cached_property
    def by_day(self) -> dict[date, OfferFigures]:
        """What became of the offer on each day that has anything."""
        return figures_by(self.offer.store, self.period.span, "day", offer=self.offer)

    @property
    def days(self) -> list[tuple[date, OfferFigures]]:
        """The same, of every day of the period, the last first."""
        days = []
        for number in range(self.period.days):
            day = self.period.span.last - timedelta(days=number)
            days.append((day, self.by_day.get(day, NOTHING)))
        return days

    @cached_property
    def uses(self) -> list[UseRow]:
        """Where it is or was shown, with what became of it there."""
        by_variant = figures_by(self.offer.store, self.period.span, "variant_id", offer=self.offer)
        return [UseRow(use, by_variant.get(use.variant_id, NOTHING)) for use in self.row.uses]

    @cached_property
    def counted_until(self) -> datetime | None:
        """Up to when views are counted."""
        return counted_until(self.offer.store)
