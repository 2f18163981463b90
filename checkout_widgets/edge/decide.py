"""``POST /v1/decide``: what to show this visitor now. No database query: all of it comes from memory."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from msgspec import UNSET, Raw, Struct, UnsetType

from checkout_widgets.edge import (
    arbiter,
    content,
    decision_counter,
    payloads,
    preview,
    robots,
    targeting_context,
    tokens,
)
from checkout_widgets.edge.arbiter import Candidate, Choice
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.configuration import (
    ExperimentConfiguration,
    HoldoutConfiguration,
    OfferConfiguration,
    StoreConfiguration,
    WidgetConfiguration,
)
from checkout_widgets.edge.decision_counter import CountedMoment
from checkout_widgets.edge.endpoint import endpoint
from checkout_widgets.edge.parts import parts_for
from checkout_widgets.edge.payloads import DecideBody
from checkout_widgets.edge.preview import Preview
from checkout_widgets.edge.tokens import TOKEN_LIFETIME_S, ExposureToken
from experiments.models import Moment
from experiments.time_ordered_ids import new_visitor_id

UNMEASURED = ("no_consent", "bot")  # nothing is kept of these but that they came
TTL_S = 300
TTL_DISABLED_S = 60
TRIGGERS: dict[str, dict[str, Any]] = {
    "cart": {"kind": "slot_visible"},
    "shipping": {"kind": "delivery_chosen"},
    "payment": {"kind": "payment_step"},
    "exit_intent": {"kind": "exit_intent"},
    "confirmation": {"kind": "order_placed"},
}
MOMENTS = frozenset(Moment.values)  # those without a trigger are reached by no page, and by a store's servers alone


Chooser = Callable[[Candidate, str], Choice]


class MomentDecision(Struct):
    """What the snippet is to do at one moment; ``reason`` where that is nothing."""

    moment: str
    experiment: str | None = None
    variant: str | None = None
    rollout: bool = False
    trigger: dict[str, Any] | None = None
    exposure_token: str | None = None
    content: Raw | None = None
    parts: Raw | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class DecideAnswer(Struct):
    """The answer."""

    visitor_id: str | None
    ttl_s: int
    enabled: bool
    offers_left: int
    decisions: list[MomentDecision]
    preview: bool | UnsetType = UNSET


class Shopper(NamedTuple):
    """Who asks, and what they said of themselves."""

    store: StoreConfiguration
    body: DecideBody
    visitor_id: str
    is_automated: bool
    is_server: bool
    now: datetime


@endpoint(max_bytes=60_000, source="decide", has_queries=False)
def decide(call: Call) -> DecideAnswer:
    """Decide each moment that the page asks for."""
    body = call.decode(payloads.decide)
    store = call.store_for_page(body.key)
    if body.preview:
        return previewed(body, preview.read(store.id, body.preview), call.now)
    shopper = Shopper(
        store=store,
        body=body,
        visitor_id=body.visitor_id or new_visitor_id(),
        is_automated=body.automation is True or robots.is_automated(call.user_agent),
        is_server="HTTP_AUTHORIZATION" in call.environ,
        now=call.now,
    )
    reason = arbiter.refusal_reason(
        store, body, visitor_id=shopper.visitor_id, user_agent=call.user_agent, now=call.now
    )
    visitor_id: str | None = shopper.visitor_id
    if reason in UNMEASURED:
        visitor_id = body.visitor_id  # a new id would be a means to recognize somebody who didn't consent
    is_enabled = bool(store.tests or store.rollouts)
    ttl_s = TTL_S
    if not is_enabled:
        ttl_s = TTL_DISABLED_S  # the first test of a store should not wait for long
    return DecideAnswer(
        visitor_id=visitor_id,
        ttl_s=ttl_s,
        enabled=is_enabled,
        offers_left=arbiter.offers_left(store, body.history),
        decisions=[decision(shopper, choice) for choice in choices(shopper, reason)],
    )


def previewed(body: DecideBody, shown: Preview | None, now: datetime) -> DecideAnswer:
    """Show the variant of a preview at its moment, and nothing at any other; without tokens nothing can count."""
    if shown and shown.moment in body.moments:
        preview.note_preview(shown.experiment_id, now)
    return DecideAnswer(
        visitor_id=body.visitor_id,
        ttl_s=TTL_S,
        enabled=True,
        offers_left=1,
        decisions=[preview_decision(body, moment, shown, now) for moment in body.moments],
        preview=True,
    )


def preview_decision(body: DecideBody, moment: str, shown: Preview | None, now: datetime) -> MomentDecision:
    """Return what a preview shows at a moment."""
    if shown is None:
        return MomentDecision(moment, reason="preview_ended")
    if shown.moment != moment:
        return MomentDecision(moment, reason="preview")
    device, widget = body.device or "", shown.widget
    decision = MomentDecision(
        moment=moment,
        experiment=shown.experiment_key,
        variant=shown.variant_key,
        trigger=TRIGGERS.get(moment),
        parts=parts_for(moment, [], device),
    )
    if widget is not None:
        decision.content = preview.content_of(
            widget, body.locale or "", now, device=device, cart_minor=cart_minor(widget, body)
        )
        decision.parts = parts_for(moment, [widget], device)
    return decision


def choices(shopper: Shopper, reason: str) -> list[Choice]:
    """Choose at each moment, and count what was chosen: nothing at any where there is a ``reason``."""
    candidate = candidate_of(shopper, reason)
    choose = chooser(shopper, reason)
    context = None  # what is sampled of a visitor who may not be measured
    if candidate is not None:
        context = candidate.context
    chosen = []
    for moment in shopper.body.moments:
        if moment not in MOMENTS:
            choice = Choice(moment, reason="unknown_moment")
        elif choose is None or candidate is None:
            choice = Choice(moment, reason=reason)
        elif moment not in TRIGGERS and not shopper.is_server:
            choice = Choice(moment, reason="no_experiment")
        else:
            choice = choose(candidate, moment)
        chosen.append(choice)
    counted = [counted_moment(choice) for choice in chosen]
    decision_counter.current().add(shopper.store.id, counted, context, shopper.now)
    return chosen


def candidate_of(shopper: Shopper, reason: str) -> Candidate | None:
    """Return the visitor as the arbiter sees them; None of one who may not be measured."""
    if reason in UNMEASURED:
        return None
    hour = shopper.now.astimezone(shopper.store.timezone).hour
    context = targeting_context.context_of(shopper.body, hour)
    return Candidate(shopper.store, shopper.visitor_id, context, shopper.now)


def chooser(shopper: Shopper, reason: str) -> Chooser | None:
    """Return how to choose, None where nothing can be chosen.

    For the held-out as well, as long as nothing else keeps offers from them: they are compared with those who got one.
    """
    if not reason:
        return arbiter.choose
    if reason != "holdout" or not shopper.store.holdout:
        return None
    if arbiter.silence_reason(shopper.store, shopper.body.history, shopper.now):
        return None
    return arbiter.withhold_offers


def counted_moment(choice: Choice) -> CountedMoment:
    """Return the choice as it is counted."""
    moment, experiment_id = "", None
    if choice.moment in MOMENTS:
        moment = choice.moment  # any other text would be a row of its own for each mistake
    experiment = choice.experiment or choice.refusing
    if experiment is not None:
        experiment_id = experiment.id
    return moment, experiment_id, choice.reason or "served"


def decision(shopper: Shopper, choice: Choice) -> MomentDecision:
    """Return the choice as the snippet reads it; the control is told apart from nothing by its token."""
    experiment, variant, holdout = choice.experiment, choice.variant, shopper.store.holdout
    if choice.withheld and holdout:
        return withheld(shopper, choice, choice.withheld, holdout)
    if experiment is None or variant is None:
        return MomentDecision(choice.moment, reason=choice.reason)
    offer, shown = None, None
    if variant.widget is not None:
        offer, shown = variant.widget.offer, content_for(variant.widget, shopper)
    token = exposure_token(
        shopper,
        choice.moment,
        experiment.id,
        variant.id,
        offer=offer,
        holdout=holdout,
        is_rollout=experiment.rolled_out is not None,
    )
    return MomentDecision(
        moment=choice.moment,
        experiment=experiment.key,
        variant=variant.key,
        rollout=token.is_rollout,
        trigger=TRIGGERS.get(choice.moment),
        exposure_token=tokens.sign_exposure(token),
        content=shown,
        parts=experiment.parts_for(shopper.body.device or ""),
    )


def content_for(widget: WidgetConfiguration, shopper: Shopper) -> Raw:
    """Return the widget's content for the shopper's language, device and cart."""
    body = shopper.body
    return content.render(
        widget, body.locale or "", shopper.now, device=body.device or "", cart_minor=cart_minor(widget, body)
    )


def cart_minor(widget: WidgetConfiguration, body: DecideBody) -> int | None:
    """Return the cart's total; None where it isn't known in the offer's currency."""
    return cart_total_in(widget.offer.currency, body)


def cart_total_in(currency: str, body: DecideBody) -> int | None:
    """Return the cart's total; None where it isn't known in this currency."""
    if body.cart is None or body.cart.currency != currency:
        return None
    return body.cart.total_minor


def withheld(
    shopper: Shopper, choice: Choice, experiment: ExperimentConfiguration, holdout: HoldoutConfiguration
) -> MomentDecision:
    """Decide for nothing, to be exposed by the same trigger, and after the same loading, as what the others get."""
    token = exposure_token(shopper, choice.moment, holdout.id, holdout.held_out_id)
    return MomentDecision(
        moment=choice.moment,
        experiment=holdout.key,
        variant=holdout.held_out_key,
        trigger=TRIGGERS.get(choice.moment),
        exposure_token=tokens.sign_exposure(token),
        parts=experiment.parts_for(shopper.body.device or ""),
        reason=choice.reason,
    )


def exposure_token(
    shopper: Shopper,
    moment: str,
    experiment_id: int,
    variant_id: int,
    *,
    offer: OfferConfiguration | None = None,
    holdout: HoldoutConfiguration | None = None,
    is_rollout: bool = False,
) -> ExposureToken:
    """Return what was decided, and what was known of the visitor then: events that come back are believed by this."""
    store, body = shopper.store, shopper.body
    issued_at = int(shopper.now.timestamp())
    return ExposureToken(
        store_id=store.id,
        experiment_id=experiment_id,
        variant_id=variant_id,
        is_rollout=is_rollout,
        visitor_id=shopper.visitor_id,
        moment=moment,
        cart_value_minor=cart_total_in(store.currency, body),
        currency=store.currency,
        device=body.device or "",
        customer_type=targeting_context.customer_type(body),
        issued_at=issued_at,
        expires_at=issued_at + TOKEN_LIFETIME_S,
        is_automated=shopper.is_automated,
        **visitor_fields(body),
        **offer_fields(offer),
        **holdout_fields(holdout),
    )


def visitor_fields(body: DecideBody) -> dict[str, Any]:
    """Return what a token keeps of what the page said of the visitor."""
    if body.visitor is None:
        return {"country": "", "customer_id": ""}
    return {
        "country": (body.visitor.country or "").upper(),
        "customer_id": str(body.visitor.customer_id or ""),
    }


def offer_fields(offer: OfferConfiguration | None) -> dict[str, Any]:
    """Return what a token keeps of the offer: the price that the shopper sees is the one that is accepted."""
    if offer is None:
        return {"offer_id": None, "price_minor": None, "tier_prices": {}}
    return {"offer_id": offer.id, "price_minor": offer.price_minor, "tier_prices": offer.tiers}


def holdout_fields(holdout: HoldoutConfiguration | None) -> dict[str, Any]:
    """Return where the exposure counts as well: with those who get offers, in the store's holdout experiment."""
    if holdout is None:
        return {"holdout_id": None, "holdout_variant_id": None}
    return {"holdout_id": holdout.id, "holdout_variant_id": holdout.offers_id}
