"""The checks once more, when a message is claimed: an order or an opt-out one second before still stops it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from experiments.models import Status
from journeys.checks.offered import step_offers
from journeys.checks.points import CheckedPoint, read_facts
from journeys.checks.rules import AT_CLAIM, GO, CheckResult, Situation, check
from journeys.models import CustomerMessage, JourneyStatus, SendVerdict

# How soon a message is looked at again that waits for the end of a pause: it expires by itself.
PAUSE_RETRY = timedelta(minutes=5)


def why_not(message: CustomerMessage, now: datetime) -> CheckResult:
    """Say whether one message may be handed over now: see ``why_not_each``."""
    return why_not_each([message], now)[message.pk]


def why_not_each(messages: Iterable[CustomerMessage], now: datetime) -> dict[int, CheckResult]:
    """Say of each message, by its row ID, whether it may be handed over now, later, or never.

    The answer is true as of one instant: ask right before handing over, in a transaction that has read nothing else.
    A service message answers what somebody just did, and is never held back here. Every message is read anew; a fixed
    number of statements a store, however many messages.
    """
    # What isn't there any more went with the address or the consent that it rested on.
    results = {}
    for message in messages:
        results[message.pk] = CheckResult(SendVerdict.NO_ADDRESS)
    rows = CustomerMessage.objects.filter(pk__in=list(results)).select_related(
        "send_point__step__experiment",
        "send_point__run__journey",
        "send_point__run__version",
        "store__sender",
    )
    by_store: dict[int, list[CustomerMessage]] = {}
    for row in rows.order_by("pk"):
        result = result_of_state(row, now)
        if row.send_point_id is None:
            results[row.pk] = GO
        elif result is None:
            by_store.setdefault(row.store_id, []).append(row)
        else:
            results[row.pk] = result
    for store_id, of_store in by_store.items():
        results |= check_messages(store_id, of_store, now)
    return results


def result_of_state(message: CustomerMessage, now: datetime) -> CheckResult | None:
    """Say what the states of journey and test say of a message; None where they let it go out."""
    point = message.send_point
    if point is None or message.address_id is None:
        return CheckResult(SendVerdict.NO_ADDRESS)
    status, experiment = point.run.journey.status, point.step.experiment
    if status == JourneyStatus.ENDED:
        return CheckResult(SendVerdict.JOURNEY_ENDED)
    if status == JourneyStatus.PAUSED or (experiment and experiment.status == Status.PAUSED):
        return CheckResult(retry_at=now + PAUSE_RETRY)
    if experiment and experiment.status in (Status.STOPPED, Status.ARCHIVED):
        return CheckResult(SendVerdict.TEST_ENDED)
    return None


def check_messages(store_id: int, messages: Sequence[CustomerMessage], now: datetime) -> dict[int, CheckResult]:
    """Go through the checks for the messages of one store."""
    points, steps = [], {}
    for number, message in enumerate(messages):
        point = as_point(number, message, now)
        points.append(point)
        steps[point.step_id] = point.step
    offers = step_offers(store_id, steps.values(), now)
    facts = read_facts(points, offers)
    results = {}
    for message, point in zip(messages, points, strict=True):
        if point.number not in facts:
            results[message.pk] = CheckResult(SendVerdict.NO_ADDRESS)  # erased a moment ago
            continue
        situation = Situation(
            point=point,
            facts=facts[point.number],
            offer=offers[point.step_id],
            sender=message.store.sender,
            exits=frozenset(message.send_point.run.version.exits),  # type: ignore[union-attr]
        )
        results[message.pk] = check(situation, AT_CLAIM)
    return results


def as_point(number: int, message: CustomerMessage, now: datetime) -> CheckedPoint:
    """Return a message's send point as what is checked."""
    send_point = message.send_point
    if send_point is None:
        raise ValueError("A service message has no send point.")
    run = send_point.run
    return CheckedPoint(
        number=number,
        run_id=run.pk,
        contact_id=message.contact_id,
        step=send_point.step,
        order_id=run.order_id,
        contract_id=run.contract_id,
        contract_ends_at=run.contract_ends_at,
        triggered_at=run.triggered_at,
        at=now,
        send_point_id=send_point.pk,
        address_id=message.address_id,
    )
