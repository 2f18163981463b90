"""Which offers need somebody: out of stock while they are to be shown, fallen, or unchanged for long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import Any

from checkout_widgets.edge.offers import load_offers
from checkout_widgets.models import NextWidget, Offer, Widget
from checkout_widgets.offer_days.figures import CalendarSpan, OfferFigures, figures_by
from experiments.models import Experiment, Status, Store

# Four whole weeks against the four before: a month would have some weekdays more often than the other.
DAYS = 28
# A third less: what the fall of an offer that people have seen too often comes to.
FALL = 1 / 3
# Of fewer sales, or within this many standard errors, a third more or less is chance.
FEWEST_BOUGHT = 20
ERRORS = 2.0
# Shoppers of a shop come back within a season: what they have seen for longer than that, most have decided about.
UNCHANGED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class OfferNeed:
    """An offer that needs somebody, and why: ``out_of_stock``, ``fallen`` or ``unchanged``.

    ``before`` and ``after`` are what was bought each time it was shown, of a fallen one; ``days`` since when an
    unchanged one is as it is.
    """

    offer: Offer
    why: str
    before: float | None = None
    after: float | None = None
    days: int | None = None


def offer_needs(store: Store, now: datetime) -> list[OfferNeed]:
    """Return the offers that need somebody, those that can't be bought first; each once."""
    shown = shown_now(store)
    if not shown:
        return []
    needs = [*out_of_stock(list(shown)), *fallen(store, list(shown), now), *unchanged(shown, now)]
    first: dict[int, OfferNeed] = {}
    for need in needs:
        first.setdefault(need.offer.pk, need)
    return list(first.values())


def shown_now(store: Store) -> dict[Offer, datetime | None]:
    """Return the offers that running tests and rolled-out winners show, each with when the winner's test ended."""
    running = Experiment.objects.filter(store=store, status=Status.RUNNING)
    won = Experiment.objects.filter(store=store).rolled_out()
    shown: dict[Offer, datetime | None] = {}
    for widget in widgets_shown(variant__in=won.values("rolled_out_variant")):
        shown[widget.offer] = widget.variant.experiment.ended_at
    # What is tested now isn't unchanged, whoever won with it before.
    for widget in widgets_shown(variant__experiment__in=running):
        shown[widget.offer] = None
    return shown


def widgets_shown(**limits: Any) -> list[Widget | NextWidget]:
    """Return the widgets and second offers of these variants, each with its offer."""
    found: list[Widget | NextWidget] = []
    for widgets in (Widget.objects.all(), NextWidget.objects.filter(is_shown=True)):
        found += widgets.filter(**limits).select_related("offer", "variant__experiment").order_by("pk")
    return found


def out_of_stock(offers: list[Offer]) -> list[OfferNeed]:
    """Return those that nobody can have for want of stock: their tests show nothing meanwhile."""
    known = load_offers(Offer.objects.filter(pk__in=[offer.pk for offer in offers]))
    needs = []
    for offer in offers:
        stock = known[offer.pk].stock
        if stock is not None and stock < 1:
            needs.append(OfferNeed(offer, "out_of_stock"))
    return needs


def fallen(store: Store, offers: list[Offer], now: datetime) -> list[OfferNeed]:
    """Return those that are bought a third less often each time they are shown, than in the four weeks before."""
    last = store.day_of(now) - timedelta(days=1)
    recent = CalendarSpan(last - timedelta(days=DAYS - 1), last)
    earlier = CalendarSpan(recent.first - timedelta(days=DAYS), recent.first - timedelta(days=1))
    after, before = figures_by(store, recent, "offer_id"), figures_by(store, earlier, "offer_id")
    needs = []
    for offer in offers:
        figures = before.get(offer.pk, OfferFigures()), after.get(offer.pk, OfferFigures())
        if has_fallen(*figures):
            needs.append(OfferNeed(offer, "fallen", before=figures[0].bought_rate, after=figures[1].bought_rate))
    return needs


def has_fallen(before: OfferFigures, after: OfferFigures) -> bool:
    """Whether an offer is bought a third less often, and by more than chance (two proportions, pooled)."""
    earlier, later = before.bought_rate, after.bought_rate
    if earlier is None or later is None or before.bought < FEWEST_BOUGHT:
        return False
    if later > earlier * (1 - FALL):
        return False
    shared = min(1.0, (before.bought + after.bought) / (before.shown + after.shown))
    error = sqrt(shared * (1 - shared) * (1 / before.shown + 1 / after.shown))
    return earlier - later > ERRORS * error


def unchanged(shown: dict[Offer, datetime | None], now: datetime) -> list[OfferNeed]:
    """Return rolled-out ones that have been as they are for long, those for longest first."""
    needs = []
    for offer, since in shown.items():
        if since is not None and now - since > UNCHANGED:
            needs.append(OfferNeed(offer, "unchanged", days=(now - since).days))
    return sorted(needs, key=lambda need: -(need.days or 0))
