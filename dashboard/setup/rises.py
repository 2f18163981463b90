"""Whether more goes wrong with accepted offers than before: tokens that orders carry, and prices that had changed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from checkout_widgets.models import Acceptance, RefusedTokens
from checkout_widgets.refused_tokens import begin_of_before, begin_of_recent
from dashboard.setup.refusals import reason
from experiments import formatting
from experiments.models import Rejection, Store
from experiments.statistics import Proportion, compare_proportions

FEWEST = 5  # fewer refusals in a week are somebody's mistake, not a page's
SURE = 0.01  # how often chance alone may look like a rise
MUCH = 0.05  # a share that is a warning where nothing is known from before
STALE = timedelta(days=1)  # with the worker away for longer, the numbers say nothing about now


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
        values = {
            "title": self.title,
            "share": formatting.percent(self.recent.rate),
            "count": formatting.count(self.recent.n),
            "before": formatting.percent(self.before.rate),
        }
        if not self.before.n:
            return _("%(title)s: %(share)s of %(count)s in the last 7 days.") % values
        text = _("%(title)s: %(share)s of %(count)s in the last 7 days, %(before)s in the three weeks before.")
        return text % values


def rises(store: Store, now: datetime) -> list[Rise]:
    """Return the shares that have risen, each with what to do about it."""
    shares: list[Rise] = []
    counted = RefusedTokens.objects.filter(store=store, counted_at__gt=now - STALE).first()
    if counted:
        shares.append(refused_tokens(counted))
    changed = changed_prices(store, now)
    if changed:
        shares.append(changed)
    return [share for share in shares if share.is_warned]


def refused_tokens(counted: RefusedTokens) -> Rise:
    """Return, of the order lines with an acceptance token, those whose token doesn't count."""
    advice = ""
    if counted.most_common:
        advice = _("Most common: %(reason)s") % {"reason": reason(counted.most_common)}
    return Rise(
        title=_("Acceptance tokens rejected in orders"),
        recent=Proportion(counted.recent_refused, counted.recent),
        before=Proportion(counted.before_refused, counted.before),
        advice=advice,
    )


def changed_prices(store: Store, now: datetime) -> Rise | None:
    """Return, of the attempts to accept an offer, those whose price had changed since it was shown; None for few."""
    first, recent = begin_of_before(now), begin_of_recent(now)
    refusals = Rejection.objects.filter(store=store, source="accept", code="price_changed", day__gte=first.date())
    refused = refusals.aggregate(
        recent=Sum("count", filter=Q(day__gte=recent.date()), default=0),
        before=Sum("count", filter=Q(day__lt=recent.date()), default=0),
    )
    if refused["recent"] < FEWEST:
        return None  # too few to be a rise, however many were accepted: they needn't be counted
    accepted = accepted_offers(store, first, recent, now)
    return Rise(
        title=_("Offers whose price changed before the shopper accepted"),
        recent=Proportion(refused["recent"], refused["recent"] + accepted["recent"]),
        before=Proportion(refused["before"], refused["before"] + accepted["before"]),
        advice=_(
            "Check whether prices change while shoppers are on the page, or whether a cached page shows old prices."
        ),
    )


def accepted_offers(store: Store, first: datetime, recent: datetime, now: datetime) -> dict[str, int]:
    """Count the offers that were accepted from the first time until the recent one (``before``), and since."""
    acceptances = Acceptance.objects.filter(store=store, accepted_at__gte=first, accepted_at__lte=now)
    return acceptances.aggregate(
        recent=Count("pk", filter=Q(accepted_at__gte=recent)), before=Count("pk", filter=Q(accepted_at__lt=recent))
    )
