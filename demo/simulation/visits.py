"""What one simulated visitor does: what is decided, the events of a widget, and orders."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import structs

from demo.simulation.effects import SECOND_ORDER_SHARE, SimulatedEffect
from demo.simulation.scenario import Scenario
from demo.simulation.visitors import SimulatedVisitor
from experiments.accounting.ingestion import EventRecord
from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.assignment.allocation import choose_variant, is_held_out, is_included
from experiments.assignment.targeting import Context
from experiments.models import DecisionReason, Variant

SKIPPED_SHARE = 0.006
SEEN_SHARE = 0.97
CLICK_SHARE = 0.12
DECLINE_SHARE = 0.35
TAKE_WITHOUT_ORDER = 0.3  # of the take rate: who accepts and then doesn't buy
REFUND_SHARE = 0.04
BEFORE_CONFIRMATION = timedelta(seconds=20)
TRIGGER_VERSION = 2  # as the snippet counts exposures today


def visit(scenario: Scenario, visitor_id: str, visitor: SimulatedVisitor) -> tuple[list[EventRecord], list[OrderData]]:
    """What one visitor does: nothing where the experiment isn't for them."""
    basket = scenario.baskets[visitor.basket]
    cart_value_minor = round(basket.value_minor * visitor.cart_factor)
    context = context_of(scenario, visitor, cart_value_minor)
    reason, store = decide(scenario, visitor_id, context), scenario.experiment.store
    is_withheld = is_held_out(store.slug, visitor_id, store.holdout_share)
    scenario.decided.add(DecisionReason.HOLDOUT if is_withheld else reason, context, visitor.at)
    if reason != DecisionReason.SERVED:
        return [], []
    if is_withheld:
        return visit_held_out(scenario, visitor_id, visitor, cart_value_minor)
    key = choose_variant(scenario.experiment.salt, visitor_id, scenario.arms)
    effect, luck = scenario.effects[key], visitor.luck
    is_buyer = scenario.is_after_order or luck["convert"] < visitor.conversion * effect.conversion_factor
    is_skipped = luck["skip"] < SKIPPED_SHARE
    is_taker = not is_skipped and luck["take"] < effect.take_rate * (1.0 if is_buyer else TAKE_WITHOUT_ORDER)
    events = events_of(scenario, visitor_id, visitor, scenario.variants[key], cart_value_minor, is_taker=is_taker)
    orders = orders_of(scenario, visitor_id, visitor, effect, is_taker=is_taker) if is_buyer else []
    return events, orders


def visit_held_out(
    scenario: Scenario, visitor_id: str, visitor: SimulatedVisitor, cart_value_minor: int
) -> tuple[list[EventRecord], list[OrderData]]:
    """What a visitor does who never sees an offer: nothing that counts where the holdout has no experiment."""
    if scenario.holdout is None:
        return [], []
    exposure = structs.replace(
        record_of(scenario, visitor_id, visitor, "exposure", 0, cart_value_minor),
        experiment_id=scenario.holdout.experiment_id,
        variant_id=scenario.holdout.held_out_id,
        holdout_id=None,
        holdout_variant_id=None,
    )
    is_buyer = scenario.is_after_order or visitor.luck["convert"] < visitor.conversion
    return [exposure], orders_of(scenario, visitor_id, visitor, SimulatedEffect(), is_taker=False) if is_buyer else []


def context_of(scenario: Scenario, visitor: SimulatedVisitor, cart_value_minor: int) -> Context:
    """What targeting can ask about the visitor."""
    store = scenario.experiment.store
    return Context(
        device=visitor.device,
        country=visitor.country.lower(),
        customer_type=visitor.customer_type,
        currency=store.currency.lower(),
        cart_value_minor=cart_value_minor,
        skus=frozenset(line.sku.lower() for line in scenario.baskets[visitor.basket].lines),
        hour=visitor.at.astimezone(ZoneInfo(store.timezone)).hour,
    )


def decide(scenario: Scenario, visitor_id: str, context: Context) -> DecisionReason:
    """Whether the experiment is for the visitor, as the edge would decide it for who isn't held out."""
    experiment = scenario.experiment
    if not scenario.targeting(context):
        return DecisionReason.NOT_TARGETED
    is_in = is_included(experiment.salt, visitor_id, experiment.served_share)
    return DecisionReason.SERVED if is_in else DecisionReason.NOT_INCLUDED


def events_of(
    scenario: Scenario,
    visitor_id: str,
    visitor: SimulatedVisitor,
    variant: Variant,
    cart_value_minor: int,
    *,
    is_taker: bool,
) -> list[EventRecord]:
    """The exposure in every variant, and what happens to a widget in a treatment."""
    luck = visitor.luck
    kinds = ["skipped" if luck["skip"] < SKIPPED_SHARE else "exposure"]
    if kinds == ["exposure"] and not variant.is_control and (is_taker or luck["see"] < SEEN_SHARE):
        kinds.append("impression")
        if is_taker or luck["click"] < CLICK_SHARE:
            kinds.append("click")
        if is_taker or luck["decline"] < DECLINE_SHARE:
            kinds.append("accept" if is_taker else "decline")
    return [
        structs.replace(
            record_of(scenario, visitor_id, visitor, kind, index, cart_value_minor),
            experiment_id=scenario.experiment.pk,
            variant_id=variant.pk,
        )
        for index, kind in enumerate(kinds)
    ]


def record_of(
    scenario: Scenario, visitor_id: str, visitor: SimulatedVisitor, kind: str, index: int, cart_value_minor: int
) -> EventRecord:
    """The visitor's event of this number, of no experiment yet but the store's holdout."""
    return EventRecord(
        event_id=visitor.event_ids[index],
        type=kind,
        occurred_at=min(visitor.at + timedelta(seconds=3 * index), scenario.now),
        visitor_id=visitor_id,
        moment=scenario.experiment.moment,
        cart_value_minor=cart_value_minor,
        device=visitor.device,
        country=visitor.country,
        customer_type=visitor.customer_type,
        trigger_version=TRIGGER_VERSION,
        holdout_id=scenario.holdout.experiment_id if scenario.holdout else None,
        holdout_variant_id=scenario.holdout.offers_id if scenario.holdout else None,
    )


def orders_of(
    scenario: Scenario, visitor_id: str, visitor: SimulatedVisitor, effect: SimulatedEffect, *, is_taker: bool
) -> list[OrderData]:
    """The visitor's orders as far as they are placed by now."""
    basket, luck, now = scenario.baskets[visitor.basket], visitor.luck, scenario.now
    placed_at = visitor.at - BEFORE_CONFIRMATION if scenario.is_after_order else visitor.at + visitor.order_delay
    lines = (*basket.lines, effect.upsell) if is_taker and effect.upsell else basket.lines
    discount_minor = round(basket.value_minor * effect.discount_share)
    first = order_of(scenario, f"{visitor_id}-1", visitor_id, placed_at, lines, discount_minor)
    refunded_at = placed_at + visitor.refund_delay
    if luck["refund"] < REFUND_SHARE and refunded_at <= now:
        first = replace(
            first,
            updated_at=refunded_at,
            refunds=(RefundData("r1", first.subtotal_minor - discount_minor, refunded_at),),
        )
    orders = [first]
    if luck["reorder"] < SECOND_ORDER_SHARE:
        again = scenario.baskets[visitor.second_basket].lines
        orders.append(order_of(scenario, f"{visitor_id}-2", visitor_id, placed_at + visitor.reorder_delay, again, 0))
    return [order for order in orders if order.placed_at <= now]


def order_of(
    scenario: Scenario,
    external_id: str,
    visitor_id: str,
    placed_at: datetime,
    lines: tuple[LineData, ...],
    discount_minor: int,
) -> OrderData:
    """An order of these products."""
    subtotal_minor = sum(line.price_minor * line.quantity for line in lines)
    return OrderData(
        external_id=external_id,
        visitor_id=visitor_id,
        placed_at=placed_at,
        updated_at=placed_at,
        currency=scenario.experiment.store.currency,
        lines=lines,
        subtotal_minor=subtotal_minor,
        discount_minor=discount_minor,
        total_minor=subtotal_minor - discount_minor,
    )
