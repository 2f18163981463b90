"""The installation check: each step from the first call of a page to an order that finds its visitor, and its state."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from experiments import formatting
from experiments.models import Experiment, Moment
from experiments.models.decision_day import Seen
from experiments.reading.arrivals import Arrivals, Shown

QUIET = timedelta(hours=24)
SOURCES = {
    "api": gettext_lazy("the orders API"),
    "shopify": gettext_lazy("Shopify's webhooks"),
    "woocommerce": gettext_lazy("WooCommerce's webhooks"),
    "csv": gettext_lazy("a file"),
    "snippet": gettext_lazy("the snippet alone"),
    "simulation": gettext_lazy("a simulation"),
}

StepState = Literal["done", "quiet", "missing", "waiting"]


@dataclass(frozen=True)
class InstallationStep:
    """One thing that has to arrive.

    - ``code``: names the template that says how to fix it.
    - ``state``: it arrives (``done``), it did but not in the last day (``quiet``), it never did (``missing``), or what
      comes before it is missing (``waiting``).
    """

    code: str
    title: str
    state: StepState
    first_at: datetime | None = None
    last_at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True)
class MomentCheck:
    """What arrives from one moment of the checkout.

    ``test`` is the name of what runs there, empty where nothing does. ``problem`` says what is missing, empty where
    nothing is.
    """

    moment: Moment
    asked_at: datetime | None
    test: str
    exposed_at: datetime | None
    shown: int
    problem: str


def state_of(last_at: datetime | None, now: datetime, *, is_due: bool = True) -> StepState:
    """Return how something that arrived last at this time is doing; ``is_due`` once it can be expected at all."""
    if last_at is None and not is_due:
        return "waiting"
    if last_at is None:
        return "missing"
    if now - last_at < QUIET:
        return "done"
    return "quiet"


def steps_of(arrivals: Arrivals) -> list[InstallationStep]:
    """Return the steps, in the order in which they have to work."""
    return [
        decide_step(arrivals),
        exposure_step(arrivals),
        impression_step(arrivals),
        order_step(arrivals),
        visitor_step(arrivals),
    ]


def decide_step(arrivals: Arrivals) -> InstallationStep:
    """The store's pages load the snippet and ask what to show."""
    title = _("Pages request offers")
    seen = arrivals.requested()
    if seen is None:
        return InstallationStep("decide", title, "missing")
    return InstallationStep("decide", title, state_of(seen.last_at, arrivals.now), seen.first_at, seen.last_at)


def exposure_step(arrivals: Arrivals) -> InstallationStep:
    """Visitors reach a moment of a running test, in control and treatment alike."""
    title = _("Visitors reach a moment")
    seen = arrivals.exposed()
    if seen is None:
        return InstallationStep("exposure", title, state_of(None, arrivals.now, is_due=bool(arrivals.asked)))
    return InstallationStep("exposure", title, state_of(seen.last_at, arrivals.now), seen.first_at, seen.last_at)


def impression_step(arrivals: Arrivals) -> InstallationStep:
    """Offers come on screen."""
    title = _("Offers appear on screen")
    shown = arrivals.all_shown()
    if shown:
        detail = _("%(count)s in the last 24 hours") % {"count": formatting.count(shown.number)}
        state = state_of(shown.last_at, arrivals.now)
        return InstallationStep("impression", title, state, last_at=shown.last_at, detail=detail)
    # Only the last day's are counted: an offer shown before then is known, its time is not.
    if arrivals.was_ever_shown:
        return InstallationStep("impression", title, "quiet")
    return InstallationStep("impression", title, state_of(None, arrivals.now, is_due=bool(arrivals.exposed())))


def order_step(arrivals: Arrivals) -> InstallationStep:
    """Orders arrive from the store's servers."""
    title = _("Orders arrive")
    order = arrivals.last_order
    if order is None:
        return InstallationStep("order", title, "missing")
    detail = _("from %(source)s") % {"source": source_name(order.source)}
    state = state_of(order.placed_at, arrivals.now)
    return InstallationStep("order", title, state, last_at=order.placed_at, detail=detail)


def visitor_step(arrivals: Arrivals) -> InstallationStep:
    """The newest order says which visitor placed it."""
    title = _("Orders identify their visitor")
    order = arrivals.last_order
    if order is None:
        return InstallationStep("visitor", title, "waiting")
    detail = _("The newest order is %(order)s") % {"order": order.external_id}
    # As it was sent: one that Offerlift linked to a visitor by itself doesn't show that the page passes the id.
    if order.visitor_id:
        return InstallationStep("visitor", title, "done", detail=detail)
    return InstallationStep("visitor", title, "missing", detail=detail)


def source_name(source: str) -> str:
    """Return where an order came from, in words."""
    return str(SOURCES.get(source, source))


def moment_checks(arrivals: Arrivals) -> Iterator[MomentCheck]:
    """Yield each moment of the checkout that pages asked about, or where a test runs."""
    for moment in Moment:
        asked = arrivals.asked.get(moment)
        test = test_at(arrivals.running, moment)
        if asked or test:
            yield moment_check(arrivals, moment, asked, test)


def test_at(running: Iterable[Experiment], moment: Moment) -> Experiment | None:
    """Return the test that is served first at a moment; None where nothing runs."""
    for test in running:
        if test.moment == moment:
            return test
    return None


def moment_check(arrivals: Arrivals, moment: Moment, asked: Seen | None, test: Experiment | None) -> MomentCheck:
    """Return what arrives from one moment."""
    exposed, shown = arrivals.exposed(moment), arrivals.shown.get(moment)
    return MomentCheck(
        moment,
        asked_at=last_of(asked),
        test=name_of(test),
        exposed_at=last_of(exposed),
        shown=number_of(shown),
        problem=problem(has_asked=asked is not None, is_running=test is not None, has_exposed=exposed is not None),
    )


def last_of(seen: Seen | None) -> datetime | None:
    """Return when something arrived last; None where it never did."""
    if seen is None:
        return None
    return seen.last_at


def name_of(test: Experiment | None) -> str:
    """Return a test's name; empty where nothing runs."""
    if test is None:
        return ""
    return test.name


def number_of(shown: Shown | None) -> int:
    """Return how many widgets came on screen."""
    if shown is None:
        return 0
    return shown.number


def problem(*, has_asked: bool, is_running: bool, has_exposed: bool) -> str:
    """Say what is missing at a moment; nothing where all is well."""
    if not is_running:
        return _("Pages request offers, but no test is running here.")
    if not has_asked:
        return _("No page requests offers for this moment. Add its slot to a page, or name it in the page call.")
    if not has_exposed:
        return _(
            "Pages request offers, but no visitor has been exposed. Check that the slot is on the page and that the "
            "trigger fires."
        )
    return ""
