"""What one simulated visitor does: what is decided, the events of a widget, and orders."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from msgspec import structs

from checkout_widgets.acceptances import LIFETIME
from checkout_widgets.models import Acceptance, ShopperAnswer
from demo.simulation.effects import SECOND_ORDER_SHARE, Basket, SimulatedEffect, value_of
from demo.simulation.offered import OfferedGoods
from demo.simulation.pace import milliseconds, thinking
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
BEFORE_CONFIRMATION = timedelta(seconds=20)
BETWEEN_EVENTS = timedelta(seconds=3)
ACCEPTING = ("impression", "click", "accept")
DECLINING = ("impression", "decline")
ANSWERS = frozenset({"click", "accept", "decline"})
TRIGGER_VERSION = 2  # as the snippet counts exposures today


@dataclass(slots=True)
class Done:
    """What visitors did."""

    events: list[EventRecord] = field(default_factory=list)
    orders: list[OrderData] = field(default_factory=list)
    acceptances: list[Acceptance] = field(default_factory=list)

    def add(self, other: "Done") -> None:
        """Add what others did."""
        self.events += other.events
        self.orders += other.orders
        self.acceptances += other.acceptances


def visit(scenario: Scenario, visitor_id: str, visitor: SimulatedVisitor) -> Done:
    """What one visitor does: nothing where the experiment isn't for them."""
    one = Visit(scenario, visitor_id, visitor)
    context = one.context()
    reason = one.decide(context)
    is_withheld = one.is_held_out()
    noted = reason
    if is_withheld:  # the edge looks at the holdout first
        noted = DecisionReason.HOLDOUT
    scenario.decided.add(noted, context, visitor.at)
    if reason != DecisionReason.SERVED:
        return Done()
    if is_withheld:
        return one.held_out()
    return one.served()


@dataclass(frozen=True, slots=True)
class Visit:
    """A visitor on the way through the scenario."""

    scenario: Scenario
    visitor_id: str
    visitor: SimulatedVisitor

    @property
    def basket(self) -> Basket:
        """What the visitor means to buy."""
        return self.scenario.baskets[self.visitor.basket]

    @property
    def cart_value_minor(self) -> int:
        """What the cart is worth at the moment: close to what is ordered, and not the same."""
        return round(self.basket.value_minor * self.visitor.cart_factor)

    @property
    def skus(self) -> frozenset[str]:
        """The stock codes in the cart, in lower case, as targeting compares them."""
        skus = set()
        for line in self.basket.lines:
            skus.add(line.sku.lower())
        return frozenset(skus)

    def context(self) -> Context:
        """What targeting can ask about the visitor."""
        store = self.scenario.experiment.store
        return Context(
            device=self.visitor.device,
            country=self.visitor.country.lower(),
            customer_type=self.visitor.customer_type,
            currency=store.currency.lower(),
            cart_value_minor=self.cart_value_minor,
            skus=self.skus,
            hour=self.visitor.at.astimezone(store.zone).hour,
        )

    def decide(self, context: Context) -> DecisionReason:
        """Whether the experiment is for the visitor, as the edge would decide it for who isn't held out."""
        experiment = self.scenario.experiment
        if not self.scenario.targeting(context):
            return DecisionReason.NOT_TARGETED
        if not is_included(experiment.salt, self.visitor_id, experiment.served_share):
            return DecisionReason.NOT_INCLUDED
        return DecisionReason.SERVED

    def is_held_out(self) -> bool:
        """Whether the store keeps all offers from the visitor."""
        store = self.scenario.experiment.store
        return is_held_out(store.slug, self.visitor_id, store.holdout_share)

    def is_buyer(self, effect: SimulatedEffect) -> bool:
        """Whether the visitor buys under this effect."""
        # the same luck under every effect: a visitor who buys without the offer also buys where it helps
        chance = self.visitor.conversion * effect.conversion_factor
        return self.scenario.is_after_order or self.visitor.luck["convert"] < chance

    def served(self) -> Done:
        """What the visitor does in the variant that the assignment gives."""
        key = choose_variant(self.scenario.experiment.salt, self.visitor_id, self.scenario.arms)
        variant, offered = self.scenario.variants[key], self.scenario.offers.get(key)
        effect = self.scenario.effects[key]
        if not variant.is_control:
            effect = self.scenario.wanted.novelty.of(effect, self.visitor.at)
        if not variant.is_control and self.visitor.luck["lose"] < self.scenario.wanted.lost_share:
            return Done()
        is_buyer = self.is_buyer(effect)
        is_taker = self.is_taker(effect, is_buyer=is_buyer)
        done = Done(self.events(variant, is_taker=is_taker))
        taken = []
        if is_taker and effect.upsell is not None:
            taken.append(replace(effect.upsell, acceptance_id=self.acceptance_id()))
        if is_taker and offered is not None:
            done.acceptances.append(self.acceptance(variant, offered))
        second = self.scenario.second_offers.get(key)
        if is_taker and second is not None:
            taken += self.answer_second(done, variant, second)
        if is_buyer:
            done.orders = self.orders(effect, taken)
        return done

    def answer_second(self, done: Done, variant: Variant, second: OfferedGoods) -> list[LineData]:
        """Add what the visitor does with the second offer of a sequence, and return what is bought by it."""
        # of who takes the first offer, this luck decides nothing else
        is_taker = self.visitor.luck["click"] < self.scenario.wanted.second_take_rate
        kinds = list(DECLINING)
        step = ShopperAnswer.ACCEPTED.value
        if is_taker:
            kinds = list(ACCEPTING)
        done.events += self.of_widget(variant, kinds, 1 + len(ACCEPTING), step=step)
        if not is_taker:
            return []
        done.acceptances.append(self.acceptance(variant, second, step))
        return [second.bought(self.scenario.experiment.key, self.acceptance_id(step))]

    def held_out(self) -> Done:
        """What a visitor does who never sees an offer: nothing that counts where the holdout has no experiment."""
        if self.scenario.holdout is None:
            return Done()
        exposure = structs.replace(
            self.record("exposure", 0),
            experiment_id=self.scenario.holdout.experiment_id,
            variant_id=self.scenario.holdout.held_out_id,
            holdout_id=None,
            holdout_variant_id=None,
        )
        no_offer = SimulatedEffect()
        done = Done([exposure])
        if self.is_buyer(no_offer):
            done.orders = self.orders(no_offer, [])
        return done

    def acceptance_id(self, step: str = "") -> UUID:
        """The same for the acceptance and for the line of the order that carries it."""
        return uuid5(self.visitor.event_ids[0], f"acceptance{step}")

    def acceptance(self, variant: Variant, offered: OfferedGoods, step: str = "") -> Acceptance:
        """What the edge keeps of an accepted offer; ``step`` is the answer after which it came second."""
        offer, acceptance_id = offered.offer, self.acceptance_id(step)
        at = self.time_of(len(ACCEPTING), ACCEPTING[-1]).replace(microsecond=0)
        return Acceptance(
            store_id=offer.store_id,
            jti=acceptance_id,
            idempotency_key=str(acceptance_id),
            visitor_id=self.visitor_id,
            offer=offer,
            experiment_key=self.scenario.experiment.key,
            variant_key=variant.key,
            currency=offer.currency,
            total_minor=offer.price_minor,
            lines=offered.lines,
            accepted_at=at,
            expires_at=at + LIFETIME,
            about=self.about(),
            step=step,
        )

    def is_taker(self, effect: SimulatedEffect, *, is_buyer: bool) -> bool:
        """Whether the visitor accepts the offer; of those who don't buy in the end, fewer do."""
        chance = effect.take_rate
        if not is_buyer:
            chance *= TAKE_WITHOUT_ORDER
        return not self.is_skipped and self.visitor.luck["take"] < chance

    @property
    def is_skipped(self) -> bool:
        """Whether the widget couldn't be drawn."""
        return self.visitor.luck["skip"] < SKIPPED_SHARE

    def events(self, variant: Variant, *, is_taker: bool) -> list[EventRecord]:
        """The exposure in every variant, and what happens to a widget in a treatment."""
        if self.is_skipped:
            return [self.in_test(variant, self.record("skipped", 0))]
        events = [self.in_test(variant, self.record("exposure", 0))]
        if not variant.is_control:
            events += self.of_widget(variant, self.reactions(is_taker=is_taker), 1)
        return events

    def in_test(self, variant: Variant, record: EventRecord) -> EventRecord:
        """The event as one of the experiment."""
        return structs.replace(record, experiment_id=self.scenario.experiment.pk, variant_id=variant.pk)

    def of_widget(self, variant: Variant, kinds: Sequence[str], first: int, *, step: str = "") -> list[EventRecord]:
        """What happens to a widget: its events, ``first`` the number of the first one, and how long it was in view.

        ``step``: the answer after which it came second.
        """
        events = []
        for index, kind in enumerate(kinds, first):
            props: dict[str, Any] = {"offerlift": self.noted(step)}
            if kind == "click" and "accept" in kinds:
                props["target"] = "accept"
            events.append(self.in_test(variant, structs.replace(self.record(kind, index, step=step), props=props)))
        if events:
            events.append(self.view(events))
        return events

    def noted(self, step: str) -> dict[str, Any]:
        """What the edge notes of an event's token."""
        noted: dict[str, Any] = {"about": self.about()}
        if step:
            noted["step"] = step
        return noted

    def about(self) -> dict[str, str]:
        """What is known of the visit."""
        visitor = self.visitor
        return {"device": visitor.device, "country": visitor.country, "customer_type": visitor.customer_type}

    def view(self, events: Sequence[EventRecord]) -> EventRecord:
        """How long the widget of these events was in view: until the answer, or as long as somebody looked at it."""
        first, last = events[0], events[-1]
        seen = last.occurred_at - first.occurred_at
        if last is first:
            seen = thinking(first.event_id, self.scenario.experiment.moment)
        # Another id, of the same time, as random.
        event_id = UUID(int=first.event_id.int ^ 1)
        at = min(first.occurred_at + seen, self.scenario.now)
        props = {**first.props, "ms": milliseconds(seen)}
        return structs.replace(first, event_id=event_id, type="view", occurred_at=at, props=props)

    def time_of(self, index: int, kind: str, *, step: str = "") -> datetime:
        """When the visitor's event of this number happens: an answer comes when the visitor has thought about it.

        Nothing happens after the simulation's end, so that a report doesn't count what is still to come.
        """
        thought = thinking(self.visitor.event_ids[0], self.scenario.experiment.moment)
        at = self.visitor.at + index * BETWEEN_EVENTS
        if kind in ANSWERS:
            at += thought
        if step:  # after an answer to the first offer
            at += thought
        return min(at, self.scenario.now)

    def reactions(self, *, is_taker: bool) -> list[str]:
        """What the visitor does with the widget, in the order in which it happens."""
        if is_taker:
            return list(ACCEPTING)
        luck = self.visitor.luck
        if luck["see"] >= SEEN_SHARE:
            return []
        kinds = ["impression"]
        if luck["click"] < CLICK_SHARE:
            kinds.append("click")
        if luck["decline"] < DECLINE_SHARE:
            kinds.append("decline")
        return kinds

    def record(self, kind: str, index: int, *, step: str = "") -> EventRecord:
        """The visitor's event of this number, of no experiment yet but the store's holdout."""
        scenario, visitor = self.scenario, self.visitor
        holdout_id = holdout_variant_id = None
        if scenario.holdout is not None:
            holdout_id, holdout_variant_id = scenario.holdout.experiment_id, scenario.holdout.offers_id
        return EventRecord(
            event_id=visitor.event_ids[index],
            type=kind,
            occurred_at=self.time_of(index, kind, step=step),
            visitor_id=self.visitor_id,
            moment=scenario.experiment.moment,
            cart_value_minor=self.cart_value_minor,
            device=visitor.device,
            country=visitor.country,
            customer_type=visitor.customer_type,
            trigger_version=TRIGGER_VERSION,
            holdout_id=holdout_id,
            holdout_variant_id=holdout_variant_id,
        )

    def orders(self, effect: SimulatedEffect, taken: Sequence[LineData]) -> list[OrderData]:
        """The visitor's orders as far as they are placed by now; ``taken`` are the offers in the first of them."""
        placed_at = self.visitor.at + self.visitor.order_delay
        if self.scenario.is_after_order:
            placed_at = self.visitor.at - BEFORE_CONFIRMATION
        orders = [self.first_order(effect, placed_at, taken)]
        if self.visitor.luck["reorder"] < SECOND_ORDER_SHARE:
            again = self.scenario.baskets[self.visitor.second_basket].lines
            orders.append(self.order(2, placed_at + self.visitor.reorder_delay, again))
        placed = []
        for order in orders:
            if order.placed_at <= self.scenario.now:
                placed.append(order)
        return placed

    def first_order(self, effect: SimulatedEffect, placed_at: datetime, taken: Sequence[LineData]) -> OrderData:
        """The order that the offer was made for, with its refund where that has come by now."""
        lines = [*self.basket.lines, *taken]
        discount_minor = round(self.basket.value_minor * effect.discount_share)
        order = self.order(1, placed_at, lines, discount_minor=discount_minor)
        refunded_at = placed_at + self.scenario.wanted.refund_weeks * self.visitor.refund_delay
        if self.visitor.luck["refund"] >= self.scenario.wanted.refund_share or refunded_at > self.scenario.now:
            return order
        refund = RefundData("r1", order.subtotal_minor - discount_minor, refunded_at)
        return replace(order, updated_at=refunded_at, refunds=(refund,))

    def order(
        self, number: int, placed_at: datetime, lines: Sequence[LineData], *, discount_minor: int = 0
    ) -> OrderData:
        """The visitor's order of this number, of these products."""
        subtotal_minor = value_of(lines)
        return OrderData(
            external_id=f"{self.visitor_id}-{number}",
            visitor_id=self.visitor_id,
            placed_at=placed_at,
            updated_at=placed_at,
            currency=self.scenario.experiment.store.currency,
            lines=tuple(lines),
            subtotal_minor=subtotal_minor,
            discount_minor=discount_minor,
            total_minor=subtotal_minor - discount_minor,
        )
