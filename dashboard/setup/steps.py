"""The installation check: each step from the first call of a page to an order that finds its visitor, and its state."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout_widgets.models import DeliveryStatus
from dashboard.setup.connections import ConnectedShop
from dashboard.setup.shop_systems import ShopChoice
from experiments import formatting
from experiments.models import Experiment, Moment
from experiments.models.decision_day import Seen
from experiments.models.experiment_choices import UNDELIVERED
from experiments.reading.arrivals import Arrivals, Shown
from experiments.reading.reconciliation import Fate

QUIET = timedelta(hours=24)  # a small shop has no visitor at night, and none of them is an alarm
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


def steps_of(
    arrivals: Arrivals, system: ShopChoice | None = None, shops: Sequence[ConnectedShop] = ()
) -> list[InstallationStep]:
    """Return the steps of a shop system, in the order in which they have to work.

    A plugin is connected before it changes a page; webhooks are made after the theme.
    """
    pages = [decide_step(arrivals), exposure_step(arrivals), impression_step(arrivals)]
    orders = [order_step(arrivals), visitor_step(arrivals), counted_step(arrivals)]
    match system:
        case ShopChoice.WOOCOMMERCE:
            return [connection_step(system, shops), *pages, *orders]
        case ShopChoice.SHOPIFY:
            return [*pages, connection_step(system, shops), *orders]
        case _:
            return [*pages, *orders]


def connection_step(system: ShopChoice, shops: Sequence[ConnectedShop]) -> InstallationStep:
    """The shop system's webhooks are connected: a plugin has called, or a webhook with the right secret has come."""
    title = _("The shop's webhooks are connected")
    if system == ShopChoice.WOOCOMMERCE:
        title = _("The plugin is connected")
    shop = shop_of(system, shops)
    if shop is None:
        return InstallationStep("connect", title, "missing")
    if not shop.connection.is_active:
        return InstallationStep("connect", title, "missing", detail=_("The connection is switched off"))
    last_at = shop.last_at or shop.connection.connected_at
    if last_at is None:
        return InstallationStep(
            "connect", title, "missing", detail=_("The secret is saved. No webhook has arrived yet")
        )
    return InstallationStep("connect", title, "done", last_at=last_at, detail=connection_detail(shop))


def connection_detail(shop: ConnectedShop) -> str:
    """Return which site it is and what became of its last webhook, as far as they are known."""
    if not shop.last_at:
        return shop.connection.site_address
    values = {"topic": shop.last_topic, "status": shop.status_label}
    if shop.last_status == DeliveryStatus.DEAD:
        return _("%(topic)s: failed, see below") % values
    return _("%(topic)s: %(status)s") % values


def shop_of(system: ShopChoice, shops: Iterable[ConnectedShop]) -> ConnectedShop | None:
    """Return the store's connection to this shop system; None where it has none."""
    for shop in shops:
        if shop.connection.kind == system.value:
            return shop
    return None


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


def counted_step(arrivals: Arrivals) -> InstallationStep:
    """Orders count for a test; of the newest it says whether it does and why not."""
    title = _("Orders count for a test")
    order, fate = arrivals.last_order, arrivals.last_fate
    if order is None or fate is None:
        return InstallationStep("counted", title, "waiting")
    detail = _("Order %(order)s: %(fate)s") % {"order": order.external_id, "fate": fate.label}
    if arrivals.has_counted or fate == Fate.COUNTED:
        return InstallationStep("counted", title, "done", detail=detail)
    if not arrivals.exposed():
        return InstallationStep("counted", title, "waiting", detail=detail)
    return InstallationStep("counted", title, "missing", detail=detail)


def source_name(source: str) -> str:
    """Return where an order came from, in words."""
    return str(SOURCES.get(source, source))


def moment_checks(arrivals: Arrivals) -> Iterator[MomentCheck]:
    """Yield each moment of the checkout that pages asked about, or where a test runs; emails aren't on any page."""
    for moment in Moment:
        if moment in UNDELIVERED:
            continue
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
