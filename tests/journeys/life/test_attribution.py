"""What is attributed to a message, worked out by hand: never what control's customers ordered, nor what bots opened."""

import pytest

from experiments.models import Refund
from journeys.life.attribution import AttributedRevenue, attributed_revenue
from journeys.models import MessageEvent
from journeys.planning.rounds import plan_due
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY

pytestmark = pytest.mark.django_db
UNTIL = NOON + 100 * DAY


@pytest.fixture
def messages():
    """The messages that ten customers got, the rest being in control, and the treatment."""
    store = followups.make_sending_store()
    experiment = followups.make_step_test(store)
    journey = followups.make_journey(store, {"experiment": experiment})
    for _ in range(24):
        followups.make_run(journey, followups.make_contact(store))
    plan_due(NOON)
    sent = list(experiment.variants.get(key="treatment").experiment.steps.get().send_points.filter(verdict="send"))
    assert len(sent) >= 5
    return [point.message for point in sent]


def buy(contact, days, minor, **fields):
    line = {"sku": "pot", "quantity": 1, "price_minor": minor}
    return followups.order_of(contact, placed_at=NOON + days * DAY, lines=[line], subtotal_minor=minor, **fields)


def hear(message, kind, days):
    MessageEvent.objects.create(message=message, kind=kind, at=NOON + days * DAY)


def test_attributed_revenue_is_of_orders_within_thirty_days_after_a_persons_click(messages):
    clicking, twice, scanned, silent, undone = messages[:5]
    treatment = clicking.send_point.variant
    experiment = treatment.experiment
    hear(clicking, "clicked", 1)
    buy(clicking.contact, 0, 90_000)  # before the click
    kept = buy(clicking.contact, 2, 5_000, discount_minor=500)
    Refund.objects.create(order=kept, external_id="r", amount_minor=1_500, refunded_at=NOON + 9 * DAY)
    buy(clicking.contact, 31, 90_000)  # on the day after the last
    for days in (1, 3):  # two clicks before one order, which counts once
        hear(twice, "clicked", days)
    buy(twice.contact, 4, 2_000)
    buy(twice.contact, 32, 700)  # within 30 days of the second click
    hear(scanned, "fetched", 1)
    buy(scanned.contact, 2, 90_000)
    buy(silent.contact, 2, 90_000)
    hear(undone, "accepted", 1)
    buy(undone.contact, 2, 90_000, status="cancelled")
    buy(undone.contact, 2, 90_000, currency="USD")
    buy(undone.contact, 2, 90_000, repeat_kind="renewal")
    assert attributed_revenue(experiment, treatment, UNTIL) == AttributedRevenue(3, 5_000 - 500 - 1_500 + 2_000 + 700)
    assert attributed_revenue(experiment, treatment, NOON + 5 * DAY) == AttributedRevenue(2, 5_000)
    control = experiment.variants.get(is_control=True)
    assert attributed_revenue(experiment, control, UNTIL) == AttributedRevenue(0, 0)
