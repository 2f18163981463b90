"""Exposures without a browser: a customer reached the instant at which a message would go out, in every variant alike.

One row a test and customer: the first send point counts, as the first exposure of a visitor does. The exposure names
the customer as ``c:<customer key>``, and its outcome is what the customer orders after it, on whatever device.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from experiments.accounting import ingestion, outcomes
from experiments.accounting.customers import first_keys, key_of, unit_of
from experiments.accounting.ingestion import EventRecord, WrittenExposure
from experiments.accounting.outcomes import LockSubject
from experiments.models import AssignmentUnit, EventType, Experiment, Exposure, Source, Status

MOST_PAST_ORDERS = 32_767  # what the column holds
NO_EVENT = UUID(int=0)  # an exposure of a send point is told by no event


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerExposure:
    """A customer at a send point of a test whose unit is the customer.

    ``prior_order_minor`` is what the order that began it all is worth, in minor units of the store's currency, however
    old it is: the covariate; None where there is none, as in a campaign. ``past_orders`` counts the customer's orders
    up to it. ``country`` is an ISO 3166 code, ``customer_type`` such as ``new`` or ``returning``, ``segments`` by
    dimension whatever else reports are to be cut by; ``would_show`` what each variant would show of product pairs.
    """

    experiment_id: int
    variant_id: int
    customer_key: str
    at: datetime
    prior_order_minor: int | None = None
    past_orders: int | None = None
    country: str = ""
    customer_type: str = ""
    segments: Mapping[str, str] = field(default_factory=dict)
    would_show: dict[str, Any] | None = None


def record_send_point(store_id: int, point: CustomerExposure) -> bool:
    """Store that a customer was exposed, and return whether that is new: see ``record_send_points``."""
    return record_send_points(store_id, [point])[0]


def record_send_points(store_id: int, points: Sequence[CustomerExposure]) -> list[bool]:
    """Store customers' exposures in one store, and return for each whether it is the first of its customer and test.

    Call it for every variant, control included, in the transaction that stores the send points: there is either both or
    neither. The same again changes nothing; an earlier one takes the place of a later one; another variant makes the
    exposure a conflicting one. Nothing is stored of a test that is gone, another store's or of visitors, nor of an
    empty key. The days' sums are noted as outdated, and outcomes are computed at once, so that it doesn't matter
    whether orders or send points arrive first. A fixed number of statements, however many points.

    It takes the locks of the customers (``LockSubject.CUSTOMER``, then ``VISITOR``) until the transaction ends: take
    locks of your own rows before it, and in one order.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("Record send points in the transaction that stores them.")
    keys = {point.customer_key for point in points}
    outcomes.lock(LockSubject.CUSTOMER, store_id, keys - {""})
    first = first_keys(store_id, keys)
    records = []
    for point in points:
        records.append(as_record(point, first[point.customer_key]))
    known = list(filter(unit_exposed, records))
    # Against orders of these customers that arrive at this instant: they and the exposures would miss each other.
    outcomes.lock(LockSubject.VISITOR, store_id, set(map(unit_exposed, known)))
    written = ingestion.write_exposures(store_id, ingestion.first_exposures(known), AssignmentUnit.CUSTOMER)
    outcomes.recompute(store_id, units_to_compute(written))
    return are_first(records, written)


def units_to_compute(written: Iterable[WrittenExposure]) -> set[str]:
    """Name the customers whose outcomes may be anything but nothing.

    Of most, the send point is the newest that is known: whoever was just exposed and has no order after it has none.
    """
    units = set()
    for exposure in written:
        if exposure.has_orders or not exposure.is_new:
            units.add(exposure.visitor_id)
    return units


def unit_exposed(exposed: EventRecord | WrittenExposure) -> str:
    """Name who was exposed."""
    return exposed.visitor_id


def are_first(records: Iterable[EventRecord], written: Iterable[WrittenExposure]) -> list[bool]:
    """Say for each record whether it made its exposure: of several of one customer in a call, the first given."""
    new = set()
    for exposure in written:
        if exposure.is_new:
            new.add((exposure.experiment_id, exposure.visitor_id))
    first = []
    for record in records:
        exposed = (record.experiment_id, record.visitor_id)
        first.append(exposed in new)
        new.discard(exposed)
    return first


def as_record(point: CustomerExposure, key: str) -> EventRecord:
    """Write the exposure of the customer who has this key as events of browsers tell it."""
    return EventRecord(
        event_id=NO_EVENT,
        type=EventType.EXPOSURE,
        occurred_at=point.at,
        visitor_id=unit_of(key),
        experiment_id=point.experiment_id,
        variant_id=point.variant_id,
        country=point.country,
        customer_type=point.customer_type,
        segments=dict(point.segments),
        past_orders=point.past_orders and min(point.past_orders, MOST_PAST_ORDERS),
        prior_order_minor=point.prior_order_minor,
        would_show=point.would_show,
    )


def exposed_variants(experiment: Experiment, customer_keys: Iterable[str]) -> dict[str, int]:
    """Return by customer's key the variant's id that the customer was exposed to; those who weren't are left out.

    Ask it before hashing: two keys that turned out to be one customer's may have been exposed by the other's hash.
    """
    exposed = Exposure.objects.filter(experiment=experiment, visitor_id__in=list(map(unit_of, customer_keys)))
    variants = {}
    for unit, variant_id in exposed.values_list("visitor_id", "variant_id"):
        variants[key_of(unit)] = variant_id
    return variants


class HoldoutExposure(NamedTuple):
    """In which arm the running holdout of messages counts a customer, None where it doesn't; ``was_counted``: one of
    before, with another share, did."""

    is_held_out: bool | None = None
    was_counted: bool = False


def holdout_exposures(store_id: int, customer_keys: Collection[str]) -> dict[str, HoldoutExposure]:
    """Return by customer's key what the store's holdouts of messages know; whom they don't count is left out."""
    holdouts = Experiment.with_holdouts.filter(store=store_id, source=Source.HOLDOUT, unit=AssignmentUnit.CUSTOMER)
    statuses = dict(holdouts.values_list("pk", "status"))
    if not statuses:  # as of most stores
        return {}
    units = list(map(unit_of, customer_keys))
    exposed = Exposure.objects.filter(experiment__in=list(statuses), visitor_id__in=units)
    found: dict[str, HoldoutExposure] = {}
    for unit, experiment_id, is_control in exposed.values_list("visitor_id", "experiment", "variant__is_control"):
        known = found.get(key_of(unit), HoldoutExposure())
        if statuses[experiment_id] == Status.RUNNING:
            known = known._replace(is_held_out=is_control)
        else:
            known = known._replace(was_counted=True)
        found[key_of(unit)] = known
    return found
