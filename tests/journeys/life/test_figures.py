"""A step's figures are its send points, counted by hand from the rows."""

from collections import Counter
from datetime import timedelta

import pytest

from journeys.life.figures import journey_figures, step_figures
from journeys.models import CustomerMessage, MessageEvent, SendPoint, SendVerdict
from tests.factories import NOON
from tests.journeys import followups
from tests.journeys.followups import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    return followups.make_sending_store()


def point(step, verdict: str, *, state: str = "", heard: tuple[str, ...] = (), ordered_after: int = 0) -> None:
    """A contact at a step, with what became of the message, and an order so many days after."""
    store = step.version.journey.store
    contact = followups.make_contact(store)
    run = followups.make_run(step.version.journey, contact)
    made = SendPoint.objects.create(run=run, step=step, store=store, contact=contact, at=NOON, verdict=verdict)
    if ordered_after:
        followups.order_of(contact, placed_at=NOON + ordered_after * DAY)
    if not state:
        return
    address = contact.addresses.get()
    message = CustomerMessage.objects.create(
        store=store, send_point=made, contact=contact, address=address, address_digest=address.digest, state=state,
        consent=address.consent_records.get(), planned_at=NOON, send_by=NOON, next_attempt_at=NOON,
    )  # fmt: skip
    for number, kind in enumerate(heard):
        MessageEvent.objects.create(message=message, kind=kind, at=NOON + timedelta(minutes=number))


def test_figures_are_the_send_points_and_what_became_of_them(store):
    journey = followups.make_journey(store, {}, {})
    first, second = (followups.step_of(journey, position) for position in (0, 1))
    point(first, "send", state="sent", heard=("delivered", "clicked", "clicked", "accepted"), ordered_after=1)
    point(first, "send", state="sent", heard=("delivered", "fetched"), ordered_after=31)
    point(first, "send", state="sent", heard=("clicked", "unsubscribed", "complained"))
    point(first, "send", state="cancelled")
    point(first, "control", ordered_after=29)
    point(first, "control")
    for verdict in ("friction", "friction", "no_consent", "message_holdout"):
        point(first, verdict, ordered_after=2)
    point(second, "send", state="sent")
    point(second, "friction")
    point(followups.step_of(followups.make_journey(store)), "send", state="sent")  # another journey

    one, two = step_figures(journey)
    assert (one.due, one.sending, one.control, one.held_back_total) == (10, 4, 2, 4)
    assert (one.sent, one.delivered, one.clicked, one.accepted, one.opted_out) == (3, 2, 2, 1, 1)
    assert (one.ordered, one.control_ordered) == (1, 1)
    reasons = ["Open return, ticket, or other problem", "In the message holdout", "No consent"]
    assert [tuple(held) for held in one.held_back] == list(zip(reasons, (2, 1, 1), strict=True))
    whole = journey_figures([one, two])
    assert (whole.due, whole.sent, whole.control, whole.held_back_total) == (12, 4, 2, 5)
    assert whole.held_back[0] == ("Open return, ticket, or other problem", 3)

    # the sums are the rows, whatever the verdicts are
    rows = Counter(SendPoint.objects.filter(step__version__journey=journey).values_list("step__key", "verdict"))
    for figures in (one, two):
        by_label = {str(SendVerdict.SEND.label): figures.sending, str(SendVerdict.CONTROL.label): figures.control}
        by_label |= {held.reason: held.points for held in figures.held_back}
        of_step = {str(SendVerdict(verdict).label): n for (key, verdict), n in rows.items() if key == figures.key}
        assert {label: n for label, n in by_label.items() if n} == of_step
        assert figures.due == sum(of_step.values())
