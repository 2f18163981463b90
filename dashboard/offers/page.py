"""The list of a store's offers with what became of each, in a period."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils.translation import gettext as _

from checkout_widgets.edge.offers import load_offers
from checkout_widgets.edge.widget_configuration import OfferConfiguration
from checkout_widgets.models import NextWidget, Offer, Widget
from checkout_widgets.offer_days.figures import OfferFigures, counted_until, figures_by, total
from dashboard.offers.periods import Period, period_of
from dashboard.paging import choice, words
from experiments.models import Experiment, Status, Store
from experiments.models.experiment_choices import OVER
from journeys.life.offer_uses import journeys_of_offers
from journeys.models import Journey

PAGE_SIZE = 25
NOTHING = OfferFigures()
STATES = ("active", "inactive", "out_of_stock")


@dataclass(frozen=True, slots=True)
class OfferUse:
    """Where an offer is shown: the test's variant, and how."""

    experiment: Experiment
    variant_id: int
    variant: str
    layout: str
    is_winner: bool

    @property
    def is_on(self) -> bool:
        """Whether shoppers can see it there."""
        return self.is_winner or self.experiment.status in {Status.RUNNING, Status.PAUSED, Status.SCHEDULED}


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer as the list shows it."""

    offer: Offer
    shown: OfferConfiguration
    figures: OfferFigures
    uses: list[OfferUse]
    journeys: list[Journey]
    is_available: bool

    @property
    def picture(self) -> str:
        """The picture of the first product that has one; empty without one."""
        for item in self.shown.items:
            if item.image_url:
                return item.image_url
        return ""

    @property
    def compare_at_minor(self) -> int | None:
        """What is crossed out beside the price; nothing where that wouldn't be more."""
        before = self.offer.compare_at_minor
        if before is None or before <= self.offer.price_minor:
            return None
        return before

    @property
    def is_out_of_stock(self) -> bool:
        """Whether it would be shown, were there any left."""
        return self.shown.is_active and self.shown.stock is not None and self.shown.stock < 1

    @property
    def uses_now(self) -> list[OfferUse]:
        """Where shoppers can see it."""
        return [use for use in self.uses if use.is_on]

    @property
    def uses_before(self) -> int:
        """In how many tests it was shown that are over."""
        return len(self.uses) - len(self.uses_now)


@dataclass(frozen=True)
class OffersPage:
    """A page of the offers of a store, those with the most revenue first."""

    store: Store
    now: datetime
    period: Period
    text: str = ""
    state: str = ""
    number: str | int = 1

    @classmethod
    def asked(cls, store: Store, query: Mapping[str, str], now: datetime) -> "OffersPage":
        """Return what an address asks for."""
        return cls(
            store=store,
            now=now,
            period=period_of(query, store, now),
            text=words(query),
            state=choice(query, "state", STATES),
            number=query.get("page", "1"),
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether some offers are left out."""
        return bool(self.text or self.state)

    @cached_property
    def figures(self) -> dict[int, OfferFigures]:
        """What became of each offer, by its id."""
        return figures_by(self.store, self.period.span, "offer_id")

    @property
    def total(self) -> OfferFigures:
        """What became of all offers of the store, those left out too."""
        return total(self.figures)

    @cached_property
    def counted_until(self) -> datetime | None:
        """Up to when views are counted."""
        return counted_until(self.store)

    @cached_property
    def has_offers(self) -> bool:
        """Whether the store has any offer."""
        return Offer.objects.filter(store=self.store).exists()

    @cached_property
    def known(self) -> dict[int, OfferConfiguration]:
        """The wanted offers as the edge holds them, by id; a few queries however many they are."""
        wanted = Offer.objects.filter(store=self.store)
        for word in self.text.split():
            is_named = Q(name__icontains=word) | Q(key__icontains=word)
            is_of_product = Q(items__product__title__icontains=word) | Q(items__product__sku__icontains=word)
            wanted = wanted.filter(is_named | is_of_product)
        return load_offers(wanted.distinct())

    @cached_property
    def page(self) -> Page[int]:
        """The ids of the page's offers: with the most revenue first, then by what was shown, the newest last."""
        ids = []
        for pk, offer in self.known.items():
            if self.state in {"", state_of(offer, self.now)}:
                ids.append(pk)
        return Paginator(sorted(ids, key=self.rank), PAGE_SIZE).get_page(self.number)

    def rank(self, pk: int) -> tuple[int, int, int]:
        """Return an offer's place: the smallest comes first."""
        figures = self.figures.get(pk, NOTHING)
        return (-figures.net_minor, -figures.shown, -pk)

    @cached_property
    def rows(self) -> list[OfferRow]:
        """The page's offers."""
        ids = list(self.page)
        offers = Offer.objects.in_bulk(ids)
        uses, journeys = uses_of(self.store, ids), journeys_of_offers(self.store)
        rows = []
        for pk in ids:
            shown = self.known[pk]
            figures = self.figures.get(pk, NOTHING)
            row = OfferRow(offers[pk], shown, figures, uses[pk], journeys[offers[pk].key], shown.is_available(self.now))
            rows.append(row)
        return rows

    @property
    def earlier(self) -> str:
        """The query of the page before this one."""
        return self.url(self.page.previous_page_number())

    @property
    def later(self) -> str:
        """The query of the page after this one."""
        return self.url(self.page.next_page_number())

    def url(self, number: int) -> str:
        """Return the query of another page of this list; what is empty is left out."""
        asked = {"store": self.store.slug, "q": self.text, "state": self.state, "period": self.period.key}
        kept = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(kept | {'page': number})}"

    @property
    def states(self) -> list[tuple[str, str]]:
        """The states to choose from."""
        return [("active", _("Can be shown")), ("out_of_stock", _("Out of stock")), ("inactive", _("Switched off"))]


def state_of(offer: OfferConfiguration, now: datetime) -> str:
    """Return one of ``STATES``: an offer beside its dates counts as switched off."""
    if offer.is_active and offer.stock is not None and offer.stock < 1:
        return "out_of_stock"
    if offer.is_available(now):
        return "active"
    return "inactive"


def uses_of(store: Store, offers: list[int]) -> dict[int, list[OfferUse]]:
    """Return where each of these offers is shown, the newest test first; two queries however many they are."""
    shown: list[Widget | NextWidget] = []
    for model in (Widget, NextWidget):
        widgets = model.objects.filter(offer__in=offers, variant__experiment__store=store)
        shown += widgets.select_related("variant__experiment__store").order_by("pk")
    # Python's sort keeps the order of equals: of one test, first offers before second ones.
    shown.sort(key=lambda widget: -widget.variant.experiment_id)
    found: dict[int, list[OfferUse]] = defaultdict(list)
    for widget in shown:
        experiment = widget.variant.experiment
        is_winner = experiment.status in OVER and experiment.rolled_out_variant_id == widget.variant_id
        layout = str(widget.get_layout_display())
        found[widget.offer_id].append(OfferUse(experiment, widget.variant_id, str(widget.variant), layout, is_winner))
    return found
