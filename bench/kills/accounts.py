"""Compare what was acknowledged with what is stored."""

import io
import time
from collections import Counter
from collections.abc import Iterable

from bench.kills.clients import SECRET_KEY, Acknowledged
from bench.webhooks import SECRET

# A job that a killed worker left is found when its heartbeat is 30 s old, by a check that runs once a minute.
JOBS_DONE_WITHIN_S = 900


def make_world() -> None:
    """A store with tests at two moments and a shop system that delivers to it."""
    from tests import factories

    store = factories.make_store(
        slug="bench", site_key="pk_bench", secret_key=SECRET_KEY, allowed_origins=["https://shop.example"]
    )
    factories.make_live_experiment(store, key="cart")
    factories.make_live_experiment(store, key="exit", moment="exit_intent")
    factories.make_connection(store, secret=SECRET)


def wait_for_jobs() -> None:
    """Return once every delivery is processed. Raises ``RuntimeError`` after ``JOBS_DONE_WITHIN_S``."""
    from checkout_widgets.models import Delivery

    waiting = Delivery.objects.exclude(status="done")
    deadline = time.monotonic() + JOBS_DONE_WITHIN_S
    while number := waiting.count():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{number} deliveries are not processed after {JOBS_DONE_WITHIN_S} s.")
        time.sleep(0.5)


def differences(kind: str, acknowledged: Iterable[str], stored: Iterable[str]) -> dict[str, int]:
    """How many there are, how many are lost, and how many are there more than once."""
    expected, found = set(acknowledged), Counter(stored)
    lost = len(expected - found.keys())
    doubled = found.total() - len(found)
    if lost or doubled:
        print(f"{kind}: {lost} lost, {doubled} doubled")
    return {"acknowledged": len(expected), "lost": lost, "doubled": doubled}


def compare(acknowledged: Acknowledged) -> dict[str, dict[str, int]]:
    """What is lost or doubled, by kind."""
    from checkout_widgets.models import Acceptance
    from experiments.models import Order, WidgetEvent

    events = map(str, WidgetEvent.objects.values_list("event_id", flat=True).iterator(10_000))
    orders = Order.objects.values_list("external_id", flat=True)
    acceptances = Acceptance.objects.all()
    sent, delivered = orders.filter(external_id__startswith="api-"), orders.exclude(external_id__startswith="api-")
    accepted = acceptances.values_list("idempotency_key", flat=True)
    redeemed = acceptances.exclude(reference="").values_list("reference", flat=True)
    return {
        "events": differences("events", acknowledged.events, events),
        "orders": differences("orders", acknowledged.orders, sent),
        "deliveries": differences("deliveries", map(str, acknowledged.deliveries), delivered),
        "accepts": differences("accepts", acknowledged.acceptances, accepted),
        "redeems": differences("redeems", acknowledged.redeemed, redeemed),
    }


def is_flawless(compared: dict[str, dict[str, int]]) -> bool:
    """Whether nothing is lost and nothing is there twice."""
    wrong = 0
    for figures in compared.values():
        wrong += figures["lost"] + figures["doubled"]
    return wrong == 0


def rebuilt() -> str:
    """The last line of ``rebuild_outcomes``."""
    from django.core.management import call_command

    output = io.StringIO()
    call_command("rebuild_outcomes", stdout=output)
    return output.getvalue().strip().splitlines()[-1]
