"""What was chosen for a visitor, as the snippet reads it: what to show, when, and the token that events bring back."""

from typing import Any

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.structs import replace

from checkout_widgets.edge import content, exposure_signing, targeting_context, tokens, visit
from checkout_widgets.edge.arbiter import Shopper
from checkout_widgets.edge.configuration import (
    Choice,
    ExperimentConfiguration,
    HoldoutConfiguration,
    VariantConfiguration,
    WidgetConfiguration,
)
from checkout_widgets.edge.payloads import DecideBody
from checkout_widgets.edge.tokens import TOKEN_LIFETIME_S, ExposureToken

TRIGGERS: dict[str, dict[str, Any]] = {
    "cart": {"kind": "slot_visible"},
    "shipping": {"kind": "delivery_chosen"},
    "payment": {"kind": "payment_step"},
    "exit_intent": {"kind": "exit_intent"},
    "confirmation": {"kind": "order_placed"},
}
MAX_DECISIONS = 200  # of a variant: more languages and devices than a store has
# To be copied with a visitor's fields, and then with each moment's: a copy costs a fraction of a new one.
BLANK_TOKEN = ExposureToken(
    store_id=0,
    experiment_id=0,
    variant_id=0,
    is_rollout=False,
    visitor_id="",
    moment="",
    cart_value_minor=None,
    currency="",
    device="",
    country="",
    customer_type="",
    offer_id=None,
    price_minor=None,
    issued_at=0,
    expires_at=0,
)


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
    page: Raw | UnsetType = UNSET


class DecideAnswer(Struct):
    """The answer."""

    visitor_id: str | None
    ttl_s: int
    enabled: bool
    offers_left: int
    decisions: list[MomentDecision]
    preview: bool | UnsetType = UNSET


def decision_of(shopper: Shopper, choice: Choice) -> MomentDecision:
    """Return the choice as the snippet reads it; the control is told apart from nothing by its token.

    The token has the price that the shopper sees.
    """
    experiment, variant = choice.experiment, choice.variant
    if experiment is None or variant is None:
        return nothing(shopper, choice)
    body = shopper.body
    decision: MomentDecision | None = variant.decisions.get((body.locale, body.device))
    if decision is None:
        decision = without_token(shopper, experiment, variant)
    token = replace(
        shopper.token or shared_token(shopper),
        experiment_id=experiment.id,
        variant_id=variant.id,
        is_rollout=decision.rollout,
        moment=decision.moment,
        offer_id=variant.offer_id,
        price_minor=variant.price_minor,
        tier_prices=variant.tier_prices,
    )
    return replace(decision, exposure_token=exposure_signing.sign(tokens.encode(token)))


def nothing(shopper: Shopper, choice: Choice) -> MomentDecision:
    """Return why nothing is shown, with a token of what the holdout keeps from the visitor, where it does."""
    holdout = shopper.store.holdout
    if choice.withheld is not None and holdout is not None:
        return withheld(shopper, choice, choice.withheld, holdout)
    return MomentDecision(choice.moment, reason=choice.reason)


def without_token(
    shopper: Shopper, experiment: ExperimentConfiguration, variant: VariantConfiguration
) -> MomentDecision:
    """Return the decision for a variant but for its token, and keep it for all who share a language and a device."""
    body, widget = shopper.body, variant.widget
    shown, is_of_one_cart = None, False
    if widget is not None:
        shown = content_for(widget, shopper)
        is_of_one_cart = content.is_of_one_cart(widget, body.device or "")
    decision = MomentDecision(
        moment=experiment.moment,
        experiment=experiment.key,
        variant=variant.key,
        rollout=experiment.rolled_out is not None,
        trigger=TRIGGERS.get(experiment.moment),
        content=shown,
        parts=experiment.parts_for(body.device),
        page=experiment.pages.get(variant.key, UNSET),
    )
    if is_of_one_cart:
        return decision
    if len(variant.decisions) >= MAX_DECISIONS:  # locales come from pages: anybody can ask for any number
        variant.decisions.clear()
    variant.decisions[body.locale, body.device] = decision
    return decision


def withheld(
    shopper: Shopper, choice: Choice, experiment: ExperimentConfiguration, holdout: HoldoutConfiguration
) -> MomentDecision:
    """Decide for nothing, to be exposed by the same trigger, and after the same loading, as what the others get."""
    token = replace(
        shopper.token or shared_token(shopper),
        experiment_id=holdout.id,
        variant_id=holdout.held_out_id,
        moment=choice.moment,
        holdout_id=None,
        holdout_variant_id=None,
    )
    return MomentDecision(
        moment=choice.moment,
        experiment=holdout.key,
        variant=holdout.held_out_key,
        trigger=TRIGGERS.get(choice.moment),
        exposure_token=tokens.sign_exposure(token),
        parts=experiment.parts_for(shopper.body.device),
        reason=choice.reason,
        page=experiment.control_page or UNSET,
    )


def content_for(widget: WidgetConfiguration, shopper: Shopper) -> Raw:
    """Return the widget's content for the shopper's language, device and cart."""
    body = shopper.body
    cart_minor = cart_total_in(widget.offer.currency, body)
    return content.render(widget, body.locale or "", shopper.now, device=body.device or "", cart_minor=cart_minor)


def cart_total_in(currency: str, body: DecideBody) -> int | None:
    """Return the cart's total; None where it isn't known in this currency."""
    if body.cart is None or body.cart.currency != currency:
        return None
    return body.cart.total_minor


def shared_token(shopper: Shopper) -> ExposureToken:
    """Return what all tokens of the visitor hold: put together once, and only for who gets one.

    Events that come back are believed by what is known of the visitor now. With a holdout, the exposure counts in its
    experiment as well, with those who get offers.
    """
    store, body = shopper.store, shopper.body
    issued_at = int(shopper.now.timestamp())
    country, customer_type, customer_id = "", "", ""
    visitor, holdout = body.visitor, store.holdout
    if visitor is not None:
        country = (visitor.country or "").upper()
        customer_type = targeting_context.customer_type(body)
        customer_id = str(visitor.customer_id or "")
    token = replace(
        BLANK_TOKEN,
        store_id=store.id,
        visitor_id=shopper.visitor_id,
        cart_value_minor=cart_total_in(store.currency, body),
        currency=store.currency,
        device=body.device or "",
        country=country,
        customer_type=customer_type,
        issued_at=issued_at,
        expires_at=issued_at + TOKEN_LIFETIME_S,
        is_automated=body.automation is True or shopper.robot.is_automated,
        customer_id=customer_id,
    )
    if holdout is not None:
        token = replace(token, holdout_id=holdout.id, holdout_variant_id=holdout.offers_id)
    shopper.token = with_counts(token, body)
    return shopper.token


def with_counts(token: ExposureToken, body: DecideBody) -> ExposureToken:
    """Return the token with what the page said of the visit, and counted.

    Pages that send nothing of it pay nothing for it, and their tokens are the same as before.
    """
    items, orders = targeting_context.known_items(body), targeting_context.known_orders(body)
    if body.visit is None and items is None and orders is None:
        return token
    return tokens.with_visit(token, visit.about(body), cart_items=items, past_orders=orders)
