"""``POST /v1/decide``: what to show this visitor now. No database query: all of it comes from memory."""

import secrets
from datetime import datetime
from typing import Any

from msgspec import UNSET, Raw, Struct, UnsetType

from checkout_widgets.edge import arbiter, content, payloads, tokens
from checkout_widgets.edge.arbiter import Choice
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.configuration import ExperimentConfiguration, StoreConfiguration, VariantConfiguration
from checkout_widgets.edge.endpoint import endpoint
from checkout_widgets.edge.payloads import DecideBody
from checkout_widgets.edge.tokens import TOKEN_LIFETIME_S, ExposureToken

TTL_S = 300
TTL_DISABLED_S = 60
TRIGGERS: dict[str, dict[str, Any]] = {
    "cart": {"kind": "slot_visible"},
    "shipping": {"kind": "delivery_chosen"},
    "payment": {"kind": "payment_step"},
    "exit_intent": {"kind": "exit_intent"},
    "confirmation": {"kind": "order_placed"},
    "follow_up": {"kind": "order_placed"},
}


class Decision(Struct):
    """What the snippet is to do at one moment; ``reason`` where that is nothing."""

    moment: str
    experiment: str | None = None
    variant: str | None = None
    rollout: bool = False
    trigger: dict[str, Any] | None = None
    exposure_token: str | None = None
    content: Raw | None = None
    reason: str | UnsetType = UNSET


class Decisions(Struct):
    """The answer."""

    visitor_id: str | None
    ttl_s: int
    enabled: bool
    decisions: list[Decision]


@endpoint(max_bytes=60_000, has_queries=False)
def decide(call: Call) -> Decisions:
    """Decide each moment that the page asks for."""
    body = call.decode(payloads.decide)
    store = call.shop(body.key)
    visitor_id = body.visitor_id or new_visitor_id()
    reason = arbiter.refusal(store, body, visitor_id, call.user_agent, call.now)
    is_enabled = bool(store.tests or store.rollouts)
    return Decisions(
        visitor_id=body.visitor_id if reason in ("no_consent", "bot") else visitor_id,
        ttl_s=TTL_S if is_enabled else TTL_DISABLED_S,
        enabled=is_enabled,
        decisions=[Decision(moment, reason=reason) for moment in body.moments]
        if reason
        else decisions(store, body, visitor_id, call.now),
    )


def new_visitor_id() -> str:
    """An id for a visitor who comes without one: 64 random bits."""
    return f"v_{secrets.token_hex(8)}"


def decisions(store: StoreConfiguration, body: DecideBody, visitor_id: str, now: datetime) -> list[Decision]:
    """The decision of each moment."""
    context = arbiter.context_of(body)
    return [
        decision(store, body, visitor_id, arbiter.choose(store, moment, visitor_id, context, now), now)
        for moment in body.moments
    ]


def decision(store: StoreConfiguration, body: DecideBody, visitor_id: str, choice: Choice, now: datetime) -> Decision:
    """The choice as the snippet reads it; the control is told apart from nothing by its token."""
    experiment, variant = choice.experiment, choice.variant
    if experiment is None or variant is None:
        return Decision(choice.moment, reason=choice.reason)
    return Decision(
        moment=choice.moment,
        experiment=experiment.key,
        variant=variant.key,
        rollout=experiment.rolled_out is not None,
        trigger=TRIGGERS[choice.moment],
        exposure_token=tokens.sign_exposure(exposure_token(store, body, visitor_id, experiment, variant, now)),
        content=content.render(variant.widget, body.locale or "") if variant.widget else None,
    )


def exposure_token(
    store: StoreConfiguration,
    body: DecideBody,
    visitor_id: str,
    experiment: ExperimentConfiguration,
    variant: VariantConfiguration,
    now: datetime,
) -> ExposureToken:
    """What was decided, and what was known of the visitor then: the events that come back are believed by this."""
    offer = variant.widget.offer if variant.widget else None
    issued_at = int(now.timestamp())
    return ExposureToken(
        store_id=store.id,
        experiment_id=experiment.id,
        variant_id=variant.id,
        is_rollout=experiment.rolled_out is not None,
        visitor_id=visitor_id,
        moment=experiment.moment,
        cart_value_minor=body.cart.total_minor if body.cart and body.cart.currency == store.currency else None,
        currency=store.currency,
        device=body.device or "",
        country=(body.visitor.country or "").upper() if body.visitor else "",
        customer_type=arbiter.customer_type(body),
        offer_id=offer.id if offer else None,
        price_minor=offer.price_minor if offer else None,
        issued_at=issued_at,
        expires_at=issued_at + TOKEN_LIFETIME_S,
    )
