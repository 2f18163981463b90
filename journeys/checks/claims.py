"""The checks once more, when a message is claimed: an order or an opt-out one second before still stops it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import starmap
from typing import Any, NamedTuple

from experiments.models import Status
from journeys.checks.offered import chosen_pairs
from journeys.checks.pairs import point_offers
from journeys.checks.points import CheckedPoint, read_facts
from journeys.checks.rules import AT_CLAIM, GO, CheckResult, Situation, check
from journeys.models import CustomerMessage, JourneyStatus, JourneyStep, SendVerdict

# How soon a message is looked at again that waits for the end of a pause: it expires by itself.
PAUSE_RETRY = timedelta(minutes=5)


class ClaimedRow(NamedTuple):
    """A message as it is checked, its fields in the order of ``COLUMNS``. A service message has no send point."""

    message_id: int
    store_id: int
    contact_id: int
    address_id: int | None
    send_point_id: int | None
    # These are None where the send point is.
    step_id: int
    run_id: int
    journey_status: str
    order_id: int | None
    contract_id: int | None
    contract_ends_at: datetime | None
    triggered_at: datetime
    # What the send point keeps of offers of pairs; None of a step without any.
    pairs: dict[str, Any] | None


COLUMNS = (
    *("pk", "store_id", "contact_id", "address_id", "send_point_id", "send_point__step_id", "send_point__run_id"),
    *("send_point__run__journey__status", "send_point__run__order_id"),
    *("send_point__run__contract_id", "send_point__run__contract_ends_at", "send_point__run__triggered_at"),
    "send_point__pairs",
)


def steps_of(rows: Iterable[ClaimedRow]) -> dict[int, JourneyStep]:
    """Return the steps of these messages with all that they have in common, by their row IDs: one statement.

    Each has its test, the version with its exits, and the store's sender.
    """
    step_ids = {row.step_id for row in rows if row.send_point_id is not None}
    if not step_ids:
        return {}
    common = ("experiment", "version__journey__store__sender")
    return JourneyStep.objects.select_related(*common).in_bulk(step_ids)


def why_not(message: CustomerMessage, now: datetime) -> CheckResult:
    """Say whether one message may be handed over now: see ``why_not_each``."""
    return why_not_each([message.pk], now)[message.pk]


def why_not_each(message_ids: Iterable[int], now: datetime) -> dict[int, CheckResult]:
    """Say of each message, by its row ID, whether it may be handed over now, later, or never.

    The answer is true as of one instant: ask right before handing over, in a transaction that has read nothing else.
    A service message answers what somebody just did, and is never held back here. Every message is read anew; a fixed
    number of statements a store, however many messages.
    """
    # What isn't there any more went with the address or the consent that it rested on.
    results = dict.fromkeys(message_ids, CheckResult(SendVerdict.NO_ADDRESS))
    read = CustomerMessage.objects.filter(pk__in=list(results)).order_by("pk").values_list(*COLUMNS)
    rows = list(starmap(ClaimedRow, read))
    steps = steps_of(rows)
    by_store: dict[int, list[ClaimedRow]] = {}
    for row in rows:
        result = result_of_state(row, steps, now)
        if row.send_point_id is None:
            results[row.message_id] = GO
        elif result is None:
            by_store.setdefault(row.store_id, []).append(row)
        else:
            results[row.message_id] = result
    for store_id, of_store in by_store.items():
        results |= check_messages(store_id, of_store, steps, now)
    return results


def result_of_state(row: ClaimedRow, steps: Mapping[int, JourneyStep], now: datetime) -> CheckResult | None:
    """Say what the states of journey and test say of a message; None where they let it go out."""
    if row.send_point_id is None or row.address_id is None:
        return CheckResult(SendVerdict.NO_ADDRESS)
    status, experiment = row.journey_status, steps[row.step_id].experiment
    if status == JourneyStatus.ENDED:
        return CheckResult(SendVerdict.JOURNEY_ENDED)
    if status == JourneyStatus.PAUSED or (experiment and experiment.status == Status.PAUSED):
        return CheckResult(retry_at=now + PAUSE_RETRY)
    if experiment and experiment.status in (Status.STOPPED, Status.ARCHIVED):
        return CheckResult(SendVerdict.TEST_ENDED)
    return None


def check_messages(
    store_id: int, rows: Sequence[ClaimedRow], steps: Mapping[int, JourneyStep], now: datetime
) -> dict[int, CheckResult]:
    """Go through the checks for the messages of one store."""
    points = []
    for number, row in enumerate(rows):
        points.append(as_point(number, row, steps[row.step_id], now))
    offers = point_offers(store_id, points, now)
    facts = read_facts(store_id, points, offers)
    results = {}
    for row, point in zip(rows, points, strict=True):
        if point.number not in facts:
            results[row.message_id] = CheckResult(SendVerdict.NO_ADDRESS)  # erased a moment ago
            continue
        situation = Situation(
            point=point,
            facts=facts[point.number],
            offer=offers[point.number],
            sender=point.step.version.journey.store.sender,
            exits=frozenset(point.step.version.exits),
        )
        results[row.message_id] = check(situation, AT_CLAIM)
    return results


def as_point(number: int, row: ClaimedRow, step: JourneyStep, now: datetime) -> CheckedPoint:
    """Return a message's send point as what is checked."""
    return CheckedPoint(
        number=number,
        run_id=row.run_id,
        contact_id=row.contact_id,
        step=step,
        order_id=row.order_id,
        contract_id=row.contract_id,
        contract_ends_at=row.contract_ends_at,
        triggered_at=row.triggered_at,
        at=now,
        send_point_id=row.send_point_id,
        address_id=row.address_id,
        pairs=chosen_pairs(row.pairs),
    )
