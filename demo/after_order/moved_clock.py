"""Moves the customers' clock by a day: everything that happened to them after their orders, happened a day earlier.

Moving the past back is the same as moving the clock forward, and needs no clock of the demo's own in the product. What
visitors did stays where it is, but for those whose orders move: their exposures move along, so that each order still
follows the offer that it counts for.
"""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Model, Q

from demo.after_order.days import DaysLived, catch_up, work_out_stages
from demo.after_order.ordering import DAY
from experiments.models import AssignmentUnit, Experiment, Exposure, Order, Refund, Store
from journeys.models import (
    Address,
    ConsentRecord,
    Contact,
    ContactStage,
    CustomerMessage,
    Friction,
    Journey,
    JourneyVersion,
    MessageEvent,
    QuestionAnswer,
    Run,
    SendPoint,
    Shipment,
    Suppression,
)
from journeys.planning.rounds import plan_due


class TimedRows(NamedTuple):
    """Rows that move: by which path they are a store's, and their times."""

    model: type[Model]
    store: str
    times: tuple[str, ...]


OF_CUSTOMERS = (
    TimedRows(Contact, "store", ("friction_until", "last_send_point_at", "seen_at")),
    TimedRows(Address, "store", ("named_at",)),
    TimedRows(ConsentRecord, "address__store", ("said_at",)),
    TimedRows(Suppression, "store", ("at",)),
    TimedRows(Shipment, "order__store", ("shipped_at", "expected_at", "delivered_at", "updated_at")),
    TimedRows(Friction, "contact__store", ("opened_at", "closed_at", "updated_at")),
    TimedRows(Journey, "store", ("started_at",)),
    TimedRows(JourneyVersion, "journey__store", ("launched_at", "audience_frozen_at")),
    TimedRows(Run, "store", ("triggered_at", "due_at", "ended_at")),
    TimedRows(SendPoint, "store", ("at",)),
    TimedRows(CustomerMessage, "store", ("planned_at", "next_attempt_at", "send_by", "sent_at")),
    TimedRows(MessageEvent, "message__store", ("at",)),
    TimedRows(QuestionAnswer, "contact__store", ("at",)),
    TimedRows(ContactStage, "store", ("arrived_at", "usage_at", "care_at", "renewal_at", "renewal_until")),
)


def move_by_a_day(store: Store, now: datetime) -> DaysLived:
    """Let a day pass for the store's customers, and live it."""
    with transaction.atomic():
        # Against a second click: of two days at once, one would see the other's half.
        Store.objects.select_for_update().get(pk=store.pk)
        for rows in OF_CUSTOMERS:
            moved = rows.model._default_manager.filter(**{rows.store: store.pk})
            moved.update(**{name: F(name) - DAY for name in rows.times})
        move_orders(store)
    lived = catch_up(store, now)
    lived.planned += plan_due(now)  # what came due since the end of the last day
    work_out_stages(store, now)
    return lived


def move_orders(store: Store) -> None:
    """Move the customers' orders with their refunds, the exposures that they follow, and the tests of journeys."""
    orders = Order.objects.filter(
        store=store, customer_key__in=Contact.objects.filter(store=store).values("customer_key")
    )
    visitors = orders.exclude(visitor_id="").values("visitor_id")
    tests = Experiment.objects.filter(store=store, unit=AssignmentUnit.CUSTOMER, started_at__isnull=False)
    exposures = Exposure.objects.filter(store=store).filter(Q(experiment__in=tests) | Q(visitor_id__in=visitors))
    exposures.update(exposed_at=F("exposed_at") - DAY)
    Refund.objects.filter(order__in=orders).update(refunded_at=F("refunded_at") - DAY)
    orders.update(placed_at=F("placed_at") - DAY, updated_at=F("updated_at") - DAY)
    tests.update(started_at=F("started_at") - DAY)
