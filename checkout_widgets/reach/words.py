"""Says a test's reach in words: what it would get of last week's requests, and what becomes of the rest."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout_widgets.edge.causes import Cause
from checkout_widgets.reach.estimate import Reach, Span
from checkout_widgets.reach.replay import Obstacle
from experiments.formatting import count, from_to

# What the visitors of the requests do, or what happens to them.
WHY_NOT = {
    Cause.HOLDOUT: gettext_lazy("In the store's holdout"),
    Cause.CAPPED: gettext_lazy("Have seen as many offers as the store allows"),
    Cause.DECLINED_RECENTLY: gettext_lazy("Declined an offer lately"),
    Cause.FRICTION: gettext_lazy("Had a payment error, a return, or a support request"),
    Cause.OUT_OF_STOCK: gettext_lazy("The offer isn't available"),
    Cause.RULES: gettext_lazy("Don't match the targeting"),
    Cause.CURRENCY: gettext_lazy("Have a cart in another currency than the offer"),
    Cause.IN_CART: gettext_lazy("Have the offered product in the cart already"),
    Cause.NOTHING_TO_REPLACE: gettext_lazy("Don't have the product that the upgrade replaces"),
    Cause.NO_PAIR: gettext_lazy("Have a cart with which one of the variants has no pair to show"),
    Cause.NOT_INCLUDED: gettext_lazy("Outside the test's traffic share"),
}
HOW_TO_GET_MORE = {
    Cause.HOLDOUT: gettext_lazy("Lower the store's holdout."),
    Cause.CAPPED: gettext_lazy("Raise the store's limit of offers per session or day."),
    Cause.DECLINED_RECENTLY: gettext_lazy("Shorten the time that the store leaves shoppers alone after a decline."),
    Cause.FRICTION: gettext_lazy("Choose another moment: shoppers with a problem are left alone."),
    Cause.OUT_OF_STOCK: gettext_lazy("Make the offer available, or choose another."),
    Cause.RULES: gettext_lazy("Widen the targeting."),
    Cause.CURRENCY: gettext_lazy("Choose an offer in the currency that carts have."),
    Cause.IN_CART: gettext_lazy("Offer a product that fewer shoppers have in the cart."),
    Cause.NOTHING_TO_REPLACE: gettext_lazy("Upgrade a product that more shoppers have in the cart."),
    Cause.NO_PAIR: gettext_lazy("Pin pairs for categories, or let all variants take pairs from the same source."),
    Cause.OTHER_TEST: gettext_lazy(
        "Wait until that test ends, give each test a share of the traffic, or raise this test's priority."
    ),
    Cause.NOT_INCLUDED: gettext_lazy("Raise the test's traffic share."),
}


class Part(NamedTuple):
    """A part of last week's requests: what becomes of it, how many, and the share of all."""

    text: str
    decisions: float
    share: float


def parts_of(reach: Reach) -> list[Part]:
    """Return what becomes of last week's requests: what the test gets first, then the largest losses."""
    parts = [Part(_("Get this test"), reach.got.middle, reach.got.middle / reach.decisions)]
    for obstacle, decisions in reach.lost.items():
        if round(decisions):
            parts.append(Part(why_not(obstacle, reach.names), decisions, decisions / reach.decisions))
    return parts


def why_not(obstacle: Obstacle, names: Mapping[int, str]) -> str:
    """Say why a test doesn't get a request."""
    if obstacle.test_id is not None:
        return _("Go to “%(test)s”, which comes first") % {"test": names[obstacle.test_id]}
    return str(WHY_NOT[obstacle.cause])


def how_to_get_more(reach: Reach) -> str:
    """Say what to do about what the test loses the most by; empty where it loses nothing."""
    for obstacle in reach.lost:
        return str(HOW_TO_GET_MORE[obstacle.cause])
    return ""


def summary(reach: Reach) -> str:
    """Say what the test would get of last week's requests, and by what it loses the most of the others."""
    names = {"requests": count(reach.decisions), "got": with_range(reach.got)}
    lost = largest_loss(reach)
    if not lost:
        return _("This test would get all of last week's %(requests)s requests at this moment") % names
    text = _("Of last week's %(requests)s requests at this moment, this test would get %(got)s") % names
    return _("%(text)s. Most others: %(why)s") % {"text": text, "why": lost}


def largest_loss(reach: Reach) -> str:
    """Say by what the test loses the most of the requests; empty where it gets all."""
    for obstacle, decisions in reach.lost.items():
        if round(decisions):
            return why_not(obstacle, reach.names)
    return ""


def visitors(reach: Reach) -> str:
    """Say how many visitors a day that is."""
    per_day = reach.visitors_per_day
    if not reach.is_whole_week:
        return _("Pages have requested offers for less than a week, so the visitors per day aren't known yet")
    if reach.visitors_per_decision is None:
        # how often one visitor asks isn't known before the first test at the moment
        return _("At most %(visitors)s visitors a day") % {"visitors": count(per_day.high)}
    return _("%(visitors)s visitors a day") % {"visitors": with_range(per_day)}


def with_range(span: Span) -> str:
    """Write an estimate with its range; alone where both ends round to it."""
    low, middle, high = count(span.low), count(span.middle), count(span.high)
    if low == high:
        return middle
    return _("about %(number)s (%(range)s)") % {"number": middle, "range": from_to(low, high)}
