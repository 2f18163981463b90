"""Whether more goes wrong with accepted offers than before: tokens that orders carry, and prices that had changed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum

from checkout_widgets.models import Acceptance
from dashboard.setup.refusals import CODES
from experiments import formatting
from experiments.models import OrderLine, Rejection, Store
from experiments.reading.arrivals import HISTORY
from experiments.statistics import Proportion, compare_proportions

RECENT_DAYS, BEFORE_DAYS = 7, 21
FEWEST = 5  # fewer refusals in a week are somebody's mistake, not a page's
SURE = 0.01  # how often chance alone may look like a rise
MUCH = 0.05  # a share that is a warning where nothing is known from before


@dataclass(frozen=True, slots=True)
class Rise:
    """How much of something was refused in the last week, and in the three weeks before."""

    title: str
    recent: Proportion
    before: Proportion
    advice: str = ""

    @property
    def is_warned(self) -> bool:
        """Whether the share has risen by more than chance explains; without a before, whether it is high."""
        share = self.recent.rate
        if share is None or self.recent.successes < FEWEST:
            return False
        if not self.before.n:
            return share > MUCH
        p_value = compare_proportions(self.before, self.recent).p_value
        return share > (self.before.rate or 0.0) and p_value is not None and p_value < SURE

    @property
    def text(self) -> str:
        """The rise in words."""
        share = formatting.percent(self.recent.rate)
        recent = f"{self.title}: {share} of {formatting.count(self.recent.n)} in the last 7 days"
        if not self.before.n:
            return f"{recent}."
        return f"{recent}, {formatting.percent(self.before.rate)} in the three weeks before."


def rises(store: Store, now: datetime) -> list[Rise]:
    """The shares that have risen, each with what to do about it."""
    return [rise for rise in (refused_tokens(store, now), changed_prices(store, now)) if rise.is_warned]


def refused_tokens(store: Store, now: datetime) -> Rise:
    """Of the order lines with an acceptance token, those whose token doesn't count."""
    with_token = Q(is_upsell=True) | ~Q(refused_code="")
    lines = OrderLine.objects.filter(
        with_token, order__store=store, order__placed_at__gte=begin_of_before(now), order__placed_at__lte=now
    ).exclude(order__source=HISTORY)
    is_recent = Q(order__placed_at__gte=begin_of_recent(now))
    rows = lines.values_list("refused_code").annotate(recent=Count("pk", filter=is_recent), all=Count("pk")).order_by()
    counts = {code: (recent, whole - recent) for code, recent, whole in rows}
    refused = Counter({code: recent for code, (recent, _) in counts.items() if code})
    worst = refused.most_common(1)[0][0] if refused else ""
    return Rise(
        title="Acceptance tokens refused in orders",
        recent=share_of(refused.values(), (recent for recent, _ in counts.values())),
        before=share_of(
            (before for code, (_, before) in counts.items() if code), (before for _, before in counts.values())
        ),
        advice=f"Most common: {CODES.get(worst, worst.replace('_', ' '))}" if worst else "",
    )


def changed_prices(store: Store, now: datetime) -> Rise:
    """Of the attempts to accept an offer, those whose price had changed since it was shown."""
    first = begin_of_before(now)
    changed = Rejection.objects.filter(store=store, source="accept", code="price_changed", day__gte=first.date())
    accepted = Acceptance.objects.filter(store=store, accepted_at__gte=first, accepted_at__lte=now)
    recent = begin_of_recent(now)
    refused = changed.aggregate(
        recent=Sum("count", filter=Q(day__gte=recent.date()), default=0),
        before=Sum("count", filter=Q(day__lt=recent.date()), default=0),
    )
    taken = accepted.aggregate(
        recent=Count("pk", filter=Q(accepted_at__gte=recent)), before=Count("pk", filter=Q(accepted_at__lt=recent))
    )
    return Rise(
        title="Offers whose price changed between showing and accepting",
        recent=Proportion(refused["recent"], refused["recent"] + taken["recent"]),
        before=Proportion(refused["before"], refused["before"] + taken["before"]),
        advice="Check whether prices change while shoppers are on the page, or whether a cached page shows old ones.",
    )


def share_of(refused: Iterable[int], everything: Iterable[int]) -> Proportion:
    """So many of so many."""
    return Proportion(sum(refused), sum(everything))


def begin_of_recent(now: datetime) -> datetime:
    """When the last week begins: at midnight, UTC, as refusals are counted by day."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=RECENT_DAYS - 1)


def begin_of_before(now: datetime) -> datetime:
    """When the three weeks before it begin."""
    return begin_of_recent(now) - timedelta(days=BEFORE_DAYS)
