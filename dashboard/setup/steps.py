"""The installation check: each step from the first call of a page to an order that finds its visitor, and its state."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from experiments.models import Moment
from experiments.reading.arrivals import Arrivals

QUIET = timedelta(hours=24)
SOURCES = {
    "api": "the orders API",
    "shopify": "Shopify's webhooks",
    "woocommerce": "WooCommerce's webhooks",
    "csv": "a file",
    "snippet": "the snippet alone",
    "simulation": "a simulation",
}

State = Literal["done", "quiet", "missing", "waiting"]


@dataclass(frozen=True)
class InstallationStep:
    """One thing that has to arrive. ``state``: it does (``done``), it did but not in the last day (``quiet``), it never
    did (``missing``), or what comes before it is missing (``waiting``). ``code`` names the template that mends it."""

    code: str
    title: str
    state: State
    first_at: datetime | None = None
    last_at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True)
class MomentCheck:
    """What arrives from one moment of the checkout; ``test`` is the name of what runs there, empty where nothing does.
    ``problem`` says what is missing, empty where nothing is."""

    moment: Moment
    asked_at: datetime | None
    test: str
    exposed_at: datetime | None
    shown: int
    problem: str


def state_of(last_at: datetime | None, now: datetime, *, is_due: bool = True) -> State:
    """How something that arrived last at this time is doing; ``is_due`` once it can be expected at all."""
    if last_at is None:
        return "missing" if is_due else "waiting"
    return "done" if now - last_at < QUIET else "quiet"


def steps_of(found: Arrivals) -> list[InstallationStep]:
    """The steps, in the order in which they have to work."""
    return [decide_step(found), exposure_step(found), impression_step(found), order_step(found), visitor_step(found)]


def decide_step(found: Arrivals) -> InstallationStep:
    """The store's pages load the snippet and ask what to show."""
    first = min((seen.first_at for seen in found.asked.values()), default=None)
    last = max((seen.last_at for seen in found.asked.values()), default=None)
    return InstallationStep("decide", "Pages ask what to show", state_of(last, found.now), first, last)


def exposure_step(found: Arrivals) -> InstallationStep:
    """Visitors reach a moment of a running test, in control and treatment alike."""
    seen = found.exposed()
    last = seen.last_at if seen else None
    state = state_of(last, found.now, is_due=bool(found.asked))
    return InstallationStep("exposure", "Visitors reach a moment", state, seen.first_at if seen else None, last)


def impression_step(found: Arrivals) -> InstallationStep:
    """Offers come on screen."""
    last = max((shown.last_at for shown in found.shown.values()), default=None)
    number = sum(shown.number for shown in found.shown.values())
    was_shown = any(test.was_shown for test in found.tests)  # type: ignore[attr-defined]
    state: State = "quiet" if last is None and was_shown else state_of(last, found.now, is_due=bool(found.exposed()))
    return InstallationStep(
        "impression", "Offers come on screen", state, None, last, f"{number:,} in the last 24 hours" if last else ""
    )


def order_step(found: Arrivals) -> InstallationStep:
    """Orders arrive from the store's servers."""
    order = found.last_order
    last = order.placed_at if order else None
    return InstallationStep(
        "order",
        "Orders arrive",
        state_of(last, found.now),
        None,
        last,
        f"by {source_name(order.source)}" if order else "",
    )


def visitor_step(found: Arrivals) -> InstallationStep:
    """The newest order says which visitor placed it."""
    order = found.last_order
    if order is None:
        return InstallationStep("visitor", "Orders name their visitor", "waiting")
    state: State = "done" if order.visitor_id else "missing"
    return InstallationStep(
        "visitor", "Orders name their visitor", state, detail=f"The newest order is {order.external_id}"
    )


def source_name(source: str) -> str:
    """Where an order came from, in words."""
    return SOURCES.get(source, source)


def moment_checks(found: Arrivals) -> Iterator[MomentCheck]:
    """Each moment of the checkout that pages asked about, or where a test runs."""
    for moment in Moment:
        asked = found.asked.get(moment)
        running = next((test for test in found.running if test.moment == moment), None)
        if not asked and not running:
            continue
        exposed, shown = found.exposed(moment), found.shown.get(moment)
        yield MomentCheck(
            moment,
            asked_at=asked.last_at if asked else None,
            test=running.name if running else "",
            exposed_at=exposed.last_at if exposed else None,
            shown=shown.number if shown else 0,
            problem=problem(has_asked=bool(asked), is_running=bool(running), has_exposed=bool(exposed)),
        )


def problem(*, has_asked: bool, is_running: bool, has_exposed: bool) -> str:
    """What is missing at a moment, in words."""
    if is_running and not has_asked:
        return "No page asks about it: put its slot on the page, or name it in upsell('page', {moments: [...]})."
    if is_running and not has_exposed:
        return "Pages ask, but no visitor was exposed: is the slot on the page, and does the trigger fire?"
    return "" if is_running else "Pages ask, and no test runs here."
