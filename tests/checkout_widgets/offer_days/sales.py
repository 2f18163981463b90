"""A store in which offers are shown, taken and bought, and what its raw rows come to, added up in Python."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from checkout_widgets.models import Acceptance, Offer
from experiments.accounting.partitions import month_of
from experiments.models import COUNTED_STATUSES, Order, OrderLine, Refund, Store, Variant, WidgetEvent
from tests import factories


def report(variant: Variant, kind: str, at: datetime, visitor_id: str = "v_1", **fields: Any) -> WidgetEvent:
    """An event of a widget, received a second later."""
    props = fields.pop("props", {})
    about = fields.pop("about", {"device": "phone"})
    of_test = {"experiment": variant.experiment, "variant": variant}
    noted: dict[str, Any] = {"about": about}
    if fields.pop("is_rollout", False):
        of_test, noted = {}, noted | {"rollout": variant.pk}
    received_at = fields.pop("received_at", at + timedelta(seconds=1))
    return WidgetEvent.objects.create(
        store=variant.experiment.store,
        event_id=uuid4(),
        month=month_of(received_at),
        type=kind,
        occurred_at=at,
        received_at=received_at,
        visitor_id=visitor_id,
        moment=variant.experiment.moment,
        props=props | {"offerlift": noted},
        **of_test,
    )


def take(offer: Offer, variant: Variant, at: datetime, **fields: Any) -> Acceptance:
    """An acceptance of the variant's offer."""
    about = {"about": {"device": "phone"}}
    named = {"variant_key": variant.key, "accepted_at": at}
    return factories.make_acceptance(offer, variant.experiment, **named | about | fields)


def buy(acceptance: Acceptance, **fields: Any) -> Order:
    """An order with the accepted product and another one."""
    line = {
        "sku": acceptance.lines[0]["sku"],
        "quantity": 1,
        "price_minor": acceptance.total_minor,
        "acceptance_id": acceptance.jti,
        "is_upsell": True,
        "experiment_key": acceptance.experiment_key,
        "token_experiment_key": acceptance.experiment_key,
    }
    other = {"sku": "other", "quantity": 1, "price_minor": 3000, "cost_minor": 1000}
    line |= {name: fields.pop(name) for name in ("cost_minor", "discount_minor") if name in fields}
    placed = {"placed_at": acceptance.accepted_at, "visitor_id": acceptance.visitor_id}
    return factories.make_order(acceptance.store, lines=[line, other], **placed | fields)


def raw_views(store: Store, *, dimension: str = "") -> dict[tuple[Any, ...], tuple[int, ...]]:
    """Shown, added to the cart and declined, by day, variant and value: from the events, one by one."""
    counts: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for event in WidgetEvent.objects.filter(store=store):
        noted = event.props.get("offerlift", {})
        variant = event.variant_id or noted.get("rollout")
        value = ""
        if dimension:
            value = noted.get("about", {}).get(dimension, "")
        if variant is None or (dimension and not value):
            continue
        row = counts[store.day_of(event.occurred_at), variant, value]
        is_undone = event.type == "decline" and event.props.get("undone") is True
        row[0] += event.type == "impression"
        row[1] += (event.type == "accept") - is_undone
        row[2] += event.type == "decline" and not is_undone
    return {key: tuple(row) for key, row in counts.items() if any(row)}


def raw_times(store: Store, *, dimension: str = "") -> dict[tuple[Any, ...], tuple[int, ...]]:
    """Answers with how long they took, and impressions with how long they were in view: from the events, one by one."""
    by_visitor: dict[tuple[Any, ...], list[WidgetEvent]] = defaultdict(list)
    for event in WidgetEvent.objects.filter(store=store).order_by("occurred_at"):
        noted = event.props.get("offerlift", {})
        variant = event.variant_id or noted.get("rollout")
        by_visitor[store.day_of(event.occurred_at), variant, event.visitor_id].append(event)
    counts: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for (day, variant, _), events in by_visitor.items():
        shown_at: datetime | None = None
        is_viewed = True
        for event in events:
            value = ""
            if dimension:
                value = event.props["offerlift"]["about"].get(dimension, "")
            if dimension and not value:
                continue
            row = counts[day, variant, value]
            if event.type == "impression":
                shown_at, is_viewed = event.occurred_at, False
            elif event.type == "view":
                row[2] += not is_viewed
                row[3] += event.props["ms"]
                is_viewed = True
            elif event.props.get("target") != "terms":
                if shown_at is not None and event.type != "accept":
                    row[0] += 1
                    row[1] += round((event.occurred_at - shown_at).total_seconds() * 1000)
                shown_at = None
    return {key: tuple(row) for key, row in counts.items() if any(row)}


def raw_sales(store: Store, *, dimension: str = "") -> dict[tuple[Any, ...], tuple[int, ...]]:
    """Taken, bought, revenue, refunds and cost, by day, offer and value: from the acceptances, one by one."""
    counts: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for taken in Acceptance.objects.filter(store=store):
        value = ""
        if dimension:
            value = taken.about.get(dimension, "")
        if dimension and not value:
            continue
        row = counts[store.day_of(taken.accepted_at), taken.offer_id, value]
        row[0] += 1
        lines = OrderLine.objects.filter(acceptance_id=taken.jti).exclude(experiment_key="")
        counted = lines.filter(order__status__in=COUNTED_STATUSES, order__currency=store.currency)
        row[1] += counted.exists()
        for line in counted:
            net = line.price_minor * line.quantity - line.discount_minor
            row[2] += net
            row[3] += refunded(line, net)
            row[4] += (line.cost_minor or 0) * line.quantity
    return {key: tuple(row) for key, row in counts.items()}


def refunded(line: OrderLine, net: int) -> int:
    """What was paid back of a line: the named products, else a share of the goods; never more than it was worth."""
    siblings = list(OrderLine.objects.filter(order=line.order))
    goods = sum(one.price_minor * one.quantity for one in siblings) - line.order.discount_minor
    of_product = sum(one.quantity for one in siblings if one.sku == line.sku)
    amount = 0
    for refund in Refund.objects.filter(order=line.order):
        if refund.lines:
            named = sum(part["quantity"] for part in refund.lines if part["sku"] == line.sku)
            amount += round(net * min(1, named / of_product))
        else:
            amount += round(min(refund.amount_minor, goods) * net / goods)
    return min(net, amount)
