"""Simulated traffic: visitors through assignment, ingestion and orders.

Everything but the visitors is real: the assignment picks the variant, events and orders go through ingestion, and what
is bought are the baskets of the store's own past orders.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Max, Min
from django.utils import timezone

from experiments.accounting.ingestion import EventRecord, record_events
from experiments.accounting.orders import LineData, OrderData, RefundData, record_orders
from experiments.accounting.rollups import refresh_after_bulk
from experiments.analysis.snapshots import take_snapshot
from experiments.assignment.allocation import Arm, choose_variant, is_held_out, is_included
from experiments.assignment.targeting import Context, Rule, compile_rules
from experiments.models import Experiment, Exposure, Moment, Reason, Source, Variant
from experiments.simulation.decisions import Decided
from experiments.simulation.effects import (
    SECOND_ORDER_SHARE,
    SOURCE,
    Basket,
    CannotSimulate,
    Effect,
    effect_of,
    fitting_upsell,
    past_baskets,
)
from experiments.simulation.held_out import Holdout, holdout_of
from experiments.simulation.visitors import SimulatedVisitor, draw_times, draw_visitors

BATCH = 5_000

SKIPPED_SHARE = 0.006
SEEN_SHARE = 0.97
CLICK_SHARE = 0.12
DECLINE_SHARE = 0.35
TAKE_WITHOUT_ORDER = 0.3  # of the take rate: who accepts and then doesn't buy
REFUND_SHARE = 0.04
BEFORE_CONFIRMATION = timedelta(seconds=20)


@dataclass(slots=True)
class SimulationResult:
    """What was sent."""

    visitors: int = 0
    events: int = 0
    orders: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """All that decides what visitors meet."""

    experiment: Experiment
    variants: Mapping[str, Variant]
    arms: Sequence[Arm]
    targeting: Rule
    effects: Mapping[str, Effect]
    baskets: Sequence[Basket]
    holdout: Holdout | None
    decided: Decided
    now: datetime

    @property
    def is_after_order(self) -> bool:
        """Whether visitors get here by an order."""
        return self.experiment.moment == Moment.CONFIRMATION


def simulate(
    experiment: Experiment,
    *,
    visitors: int,
    days: float,
    aov_lift: float = 0.0,
    conversion_lift: float = 0.0,
    seed: int = 0,
    upsells: Mapping[str, LineData] | None = None,
    now: datetime | None = None,
    on_progress: Callable[[int], None] = lambda done: None,
) -> SimulationResult:
    """Send ``visitors`` by, spread over the ``days`` that end ``now``.

    Lifts are fractions, the same for every treatment. ``upsells`` names what a treatment sells, by variant key; without
    it that is a product of a fitting price that past orders often have. The same seed on the same data makes the same
    visitors; running it again adds others. ``on_progress`` gets how many visitors are done. The report is stored at the
    end.

    Raises ``CannotSimulate`` for an imported experiment, one without two variants, or a store without past orders.
    """
    now = now or timezone.now()
    scenario = scenario_for(experiment, now, aov_lift, conversion_lift, upsells or {}, seed)
    prefix = f"sim_{zlib.crc32(f'{experiment.key}:{seed}'.encode()):08x}_"
    first = next_number(experiment, prefix)
    rng = np.random.default_rng([seed, zlib.crc32(experiment.key.encode()), first])
    start = now - timedelta(days=days)
    times, result = draw_times(rng, visitors, start, now), SimulationResult()
    for done in range(0, visitors, BATCH):
        crowd = draw_visitors(rng, times[done : done + BATCH], start, len(scenario.baskets))
        names = [f"{prefix}{first + done + index:09d}" for index in range(len(crowd))]
        send(scenario, dict(zip(names, crowd, strict=True)), result)
        on_progress(result.visitors)
    scenario.decided.store()
    start_no_later(experiment)
    refresh_after_bulk(experiment)
    take_snapshot(experiment, now=now)
    return result


def send(scenario: Scenario, crowd: Mapping[str, SimulatedVisitor], result: SimulationResult) -> None:
    """Record what these visitors do."""
    events: list[EventRecord] = []
    orders: list[OrderData] = []
    for visitor_id, visitor in crowd.items():
        new_events, new_orders = visit(scenario, visitor_id, visitor)
        events += new_events
        orders += new_orders
    record_events(scenario.experiment.store_id, events, received_at=scenario.now)
    record_orders(scenario.experiment.store, orders, SOURCE)
    result.visitors += len(crowd)
    result.events += len(events)
    result.orders += len(orders)


def visit(scenario: Scenario, visitor_id: str, visitor: SimulatedVisitor) -> tuple[list[EventRecord], list[OrderData]]:
    """What one visitor does: nothing where the experiment isn't for them."""
    basket = scenario.baskets[visitor.basket]
    cart_value_minor = round(basket.value_minor * visitor.cart_factor)
    context = context_of(scenario, visitor, cart_value_minor)
    reason, store = decide(scenario, visitor_id, context), scenario.experiment.store
    is_withheld = is_held_out(store.slug, visitor_id, store.holdout_share)
    scenario.decided.add(Reason.HOLDOUT if is_withheld else reason, context, visitor.at)
    if reason != Reason.SERVED:
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
    exposure = replace(
        record_of(scenario, visitor_id, visitor, "exposure", 0, cart_value_minor),
        experiment_id=scenario.holdout.experiment_id,
        variant_id=scenario.holdout.held_out_id,
        holdout_id=None,
        holdout_variant_id=None,
    )
    is_buyer = scenario.is_after_order or visitor.luck["convert"] < visitor.conversion
    return [exposure], orders_of(scenario, visitor_id, visitor, Effect(), is_taker=False) if is_buyer else []


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


def decide(scenario: Scenario, visitor_id: str, context: Context) -> Reason:
    """Whether the experiment is for the visitor, as the edge would decide it for who isn't held out."""
    experiment = scenario.experiment
    if not scenario.targeting(context):
        return Reason.NOT_TARGETED
    is_in = is_included(experiment.salt, visitor_id, experiment.served_share)
    return Reason.SERVED if is_in else Reason.NOT_INCLUDED


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
        replace(
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
        holdout_id=scenario.holdout.experiment_id if scenario.holdout else None,
        holdout_variant_id=scenario.holdout.offers_id if scenario.holdout else None,
    )


def orders_of(
    scenario: Scenario, visitor_id: str, visitor: SimulatedVisitor, effect: Effect, *, is_taker: bool
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


def scenario_for(
    experiment: Experiment,
    now: datetime,
    aov_lift: float,
    conversion_lift: float,
    upsells: Mapping[str, LineData],
    seed: int,
) -> Scenario:
    """Check that the experiment can be simulated, and gather what its visitors meet."""
    variants = {variant.key: variant for variant in experiment.variants.all()}
    if experiment.source == Source.IMPORTED:
        raise CannotSimulate(f"Experiment {experiment.key} is imported: simulate one that is served live.")
    if len(variants) < 2 or not any(variant.is_control for variant in variants.values()):
        raise CannotSimulate(f"Experiment {experiment.key} needs a control and a treatment: add them in the admin.")
    baskets = past_baskets(experiment.store)
    treatments = [key for key, variant in variants.items() if not variant.is_control]
    sold = {key: upsells.get(key) or fitting_upsell(baskets) for key in treatments}
    effects = {key: effect_of(line, baskets, aov_lift, conversion_lift, experiment.key) for key, line in sold.items()}
    return Scenario(
        experiment=experiment,
        variants=variants,
        arms=[Arm(variant.key, variant.weight) for variant in variants.values()],
        targeting=compile_rules(experiment.targeting),
        effects={key: effects.get(key, Effect()) for key in variants},
        baskets=baskets,
        holdout=holdout_of(experiment.store),
        decided=Decided(experiment, now, Random(seed)),  # noqa: S311 -- a sample, not a secret
        now=now,
    )


def next_number(experiment: Experiment, prefix: str) -> int:
    """The number that follows those of the visitors simulated before."""
    known = Exposure.objects.for_experiment(experiment).filter(visitor_id__startswith=prefix)
    last: str | None = known.aggregate(last=Max("visitor_id"))["last"]
    return int(last.removeprefix(prefix)) + 1 if last else 0


def start_no_later(experiment: Experiment) -> None:
    """Let the experiment have started by its first exposure."""
    first = Exposure.objects.for_experiment(experiment).aggregate(first=Min("exposed_at"))["first"]
    if first is not None and (experiment.started_at is None or first < experiment.started_at):
        experiment.started_at = first
        experiment.save(update_fields=["started_at", "updated_at"])
