"""What was chosen for a visitor, as the snippet reads it: what to show, when, and the token that events bring back."""

from functools import lru_cache
from typing import Any

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.json import Encoder

from checkout_widgets.edge import content, targeting_context, visit
from checkout_widgets.edge.arbiter import Shopper
from checkout_widgets.edge.configuration import (
    Choice,
    ExperimentConfiguration,
    HoldoutConfiguration,
    VariantConfiguration,
)
from checkout_widgets.edge.exposure_signing import sign
from checkout_widgets.edge.targeting_context import cart_total_in
from checkout_widgets.edge.token_parts import (
    BEGINNING,
    BEGINNING_WITH_VISIT,
    VariantParts,
    VisitorParts,
    parts_of_variant,
    parts_of_withheld,
    token_of,
)
from checkout_widgets.edge.tokens import TOKEN_LIFETIME_S, encode
from checkout_widgets.edge.widget_configuration import (
    WidgetConfiguration,
)
from experiments.customer_keys import private_id

TRIGGERS: dict[str, dict[str, Any]] = {
    "cart": {"kind": "slot_visible"},
    "shipping": {"kind": "delivery_chosen"},
    "payment": {"kind": "payment_step"},
    "exit_intent": {"kind": "exit_intent"},
    "confirmation": {"kind": "order_placed"},
}
MAX_DECISIONS = 200  # of a variant: more languages and devices than a store has
_encode = Encoder().encode
TOKEN = b'"exposure_token":null'  # no text has it: a quote within one is escaped


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


class ServedDecision(Struct, frozen=True):
    """The decision for a variant as JSON, before its token and after it, and what all its tokens share."""

    before: bytes
    after: bytes
    token: VariantParts


def decision_of(shopper: Shopper, choice: Choice) -> Raw | MomentDecision:
    """Return the choice as the snippet reads it; the control is told apart from nothing by its token.

    The token has the price that the shopper sees.
    """
    variant = choice.variant
    if variant is None:
        return nothing(shopper, choice)
    body = shopper.body
    decision: ServedDecision | None = variant.decisions.get((body.locale, body.device))
    if decision is None:
        decision = served(shopper, choice, variant)
    visitor = shopper.token
    if visitor is None:
        visitor = shopper.token = parts_of_visitor(shopper, shopper.store.holdout)
    token = token_of(visitor, decision.token, choice.pairs)
    return Raw(decision.before + sign(token) + decision.after)


def nothing(shopper: Shopper, choice: Choice) -> MomentDecision:
    """Return why nothing is shown, with a token where the holdout's experiment counts the visitor all the same."""
    holdout = shopper.store.holdout
    if choice.withheld is not None and holdout is not None:
        return withheld(shopper, choice, choice.withheld, holdout)
    return MomentDecision(choice.moment, reason=choice.reason)


def served(shopper: Shopper, choice: Choice, variant: VariantConfiguration) -> ServedDecision:
    """Return the decision for a variant but for its token, and keep it for all who share a language and a device."""
    experiment, body, widget = choice.experiment, shopper.body, variant.widget
    assert experiment is not None, "a variant is of an experiment"
    shown, is_of_one_cart = None, False
    if widget is not None:
        shown = content_for(widget, shopper)
        is_of_one_cart = content.is_of_one_cart(widget, body.device or "")
    is_rollout = experiment.rolled_out is not None
    decision = MomentDecision(
        moment=experiment.moment,
        experiment=experiment.key,
        variant=variant.key,
        rollout=is_rollout,
        trigger=TRIGGERS.get(experiment.moment),
        content=shown,
        parts=experiment.parts_for(body.device),
        page=experiment.pages.get(variant.key, UNSET),
    )
    before, null, after = _encode(decision).partition(TOKEN)
    token = parts_of_variant(variant, experiment.id, experiment.moment, is_rollout=is_rollout)
    encoded = ServedDecision(before + null.removesuffix(b"null") + b'"', b'"' + after, token)
    if is_of_one_cart:
        return encoded
    if len(variant.decisions) >= MAX_DECISIONS:  # locales come from pages: anybody can ask for any number
        variant.decisions.clear()
    variant.decisions[body.locale, body.device] = encoded
    return encoded


def withheld(
    shopper: Shopper, choice: Choice, experiment: ExperimentConfiguration, holdout: HoldoutConfiguration
) -> MomentDecision:
    """Decide for nothing, to be exposed by the same trigger, and after the same loading, as what the others get."""
    visitor = shopper.token
    if visitor is None:
        visitor = shopper.token = parts_of_visitor(shopper, None)
    variant_id, variant_key = holdout.arm_without_offer(choice.reason)
    token = token_of(visitor, parts_of_withheld(holdout, variant_id, choice.moment))
    return MomentDecision(
        moment=choice.moment,
        experiment=holdout.key,
        variant=variant_key,
        trigger=TRIGGERS.get(choice.moment),
        exposure_token=sign(token).decode(),
        parts=experiment.parts_for(shopper.body.device),
        reason=choice.reason,
        page=experiment.control_page or UNSET,
    )


def content_for(widget: WidgetConfiguration, shopper: Shopper) -> Raw:
    """Return the widget's content for the shopper's language, device and cart."""
    body = shopper.body
    cart_minor = cart_total_in(widget.offer.currency, body)
    return content.render(widget, body.locale or "", shopper.now, device=body.device or "", cart_minor=cart_minor)


@lru_cache(maxsize=4)  # all who ask within a second share it
def times_of(issued_at: int, is_automated: bool) -> bytes:
    """Return when tokens were issued and expire, in seconds since 1970, and whether their visitor is automated."""
    return encode((issued_at, issued_at + TOKEN_LIFETIME_S, is_automated))[1:]


def parts_of_visitor(shopper: Shopper, holdout: HoldoutConfiguration | None) -> VisitorParts:
    """Return the parts of who asks: put together once, and only for who gets a token.

    What they say of the visitor is believed when events come back. With a holdout, the exposure counts there as well.
    """
    store, body, visitor = shopper.store, shopper.body, shopper.body.visitor
    country, customer_type, customer_id, orders = "", "", "", None
    if visitor is not None:
        country = (visitor.country or "").upper()
        customer_type = targeting_context.customer_type(body)
        # The token goes through the browser, and its customer's ID into the table of sightings: never an address.
        customer_id = private_id(store.id, str(visitor.customer_id or ""))
        orders = targeting_context.known_orders(body)
    cart_minor, items = None, None
    if body.cart is not None:
        cart_minor = targeting_context.cart_total_in(store.currency, body)
        items = targeting_context.known_items(body)
    beginning = BEGINNING
    of_visit: tuple[Any, ...] = ()
    if body.visit is not None or items is not None or orders is not None:
        # Pages that say nothing of it pay nothing for it, and their tokens are shorter.
        beginning, of_visit = BEGINNING_WITH_VISIT, (visit.about(body, shopper.context.reported_stage), items, orders)
    holdout_id, holdout_variant_id = None, None
    if holdout is not None:
        holdout_id, holdout_variant_id = holdout.id, holdout.offers_id
    issued_at = int(shopper.now.timestamp())
    is_automated = body.automation is True or shopper.robot.is_automated
    return VisitorParts(
        beginning + encode(store.id),
        encode(shopper.visitor_id),
        encode((cart_minor, store.currency, body.device or "", country, customer_type))[1:],
        times_of(issued_at, is_automated),
        encode((holdout_id, holdout_variant_id, customer_id, *of_visit))[1:],
    )
