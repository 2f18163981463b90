"""Accepting an offer: who may have it, at which price, and once per idempotency key."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Q

from checkout_widgets import pricing
from checkout_widgets.models import Acceptance, NextWidget, Offer, Product, ProductKind
from checkout_widgets.pair_offers import price_minor_of
from experiments.models import Experiment, Variant
from experiments.time_ordered_ids import new_uuid

LIFETIME = timedelta(minutes=30)  # to go through the checkout; a later order shows the offer anew


class OfferRefused(Exception):
    """An offer that can't be had (any more); ``code`` as in the edge API, the price where it is another one now."""

    def __init__(self, code: str, message: str, *, price_minor: int | None = None, currency: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.price_minor = price_minor
        self.currency = currency


class RedeemRefused(Exception):
    """An acceptance that can't be redeemed; ``code`` as in the edge API, the time where it was redeemed before."""

    def __init__(self, code: str, message: str, *, redeemed_at: datetime | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.redeemed_at = redeemed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptRequest:
    """A shopper's click on an offer that was shown at a price, in minor units.

    ``quantity`` is one of the offer's tiers, or 1 for the offer itself. The same ``idempotency_key`` of a visitor is
    the same click, sent again. ``about`` is what the shown offer's token says of the visit. ``step`` is the answer to
    the first offer of a sequence, after which this one came; empty of a first offer. ``sold`` are the SKUs that were
    shown, where the offer sells pairs.
    """

    store_id: int
    visitor_id: str
    idempotency_key: str
    variant_id: int
    offer_id: int
    quantity: int
    shown_price_minor: int
    about: dict[str, str] = field(default_factory=dict)
    step: str = ""
    sold: tuple[str, ...] = ()


class Goods(NamedTuple):
    """A product that an offer sells, and how many of it."""

    product: Product
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownIn:
    """Which test and variant showed an offer, by their keys."""

    experiment_key: str
    variant_key: str


def accept_offer(request: AcceptRequest, now: datetime) -> Acceptance:
    """Record that the visitor accepts the offer of a variant, or return what the same key accepted before.

    Price and eligibility are the database's. Raises ``OfferRefused``.
    """
    with transaction.atomic():
        # Locked against other acceptances of the offer: two at once would both find the last one in stock. No key lock,
        # as rows that only point to the offer, such as a widget that is saved meanwhile, needn't wait.
        offers = Offer.objects.select_for_update(no_key=True)
        offer = offers.filter(store_id=request.store_id, pk=request.offer_id).first()
        if offer is None:
            raise OfferRefused("offer_ended", "The offer is no longer available.")
        # Looked for before anything is checked: an answer that got lost can be had again, also of an offer that ended.
        repeated = offer.acceptances.filter(
            visitor_id=request.visitor_id, idempotency_key=request.idempotency_key
        ).first()
        if repeated is not None:
            return repeated
        variant = serving_variant(request)
        goods = goods_of(offer, request.sold)
        price_minor = price_of(offer, request.quantity, goods)
        refuse_if_unavailable(offer, request.quantity, now)
        if price_minor != request.shown_price_minor:
            raise OfferRefused(
                "price_changed", "The price has changed.", price_minor=price_minor, currency=offer.currency
            )
        shown_in = ShownIn(experiment_key=variant.experiment.key, variant_key=variant.key)
        return create_acceptance(request, offer, shown_in, price_minor=price_minor, goods=goods, now=now)


def accept_in_message(request: AcceptRequest, shown_in: ShownIn, now: datetime) -> Acceptance:
    """Record that a customer accepts what a message offered, or return what the same key accepted before.

    The message may be old: its offer counts while it is open, whatever became of its test. Raises ``OfferRefused``.
    """
    with transaction.atomic():
        offers = Offer.objects.select_for_update(no_key=True)  # as in ``accept_offer``
        offer = offers.filter(store_id=request.store_id, pk=request.offer_id).first()
        if offer is None:
            raise OfferRefused("offer_ended", "The offer is no longer available.")
        repeated = offer.acceptances.filter(
            visitor_id=request.visitor_id, idempotency_key=request.idempotency_key
        ).first()
        if repeated is not None and repeated.expires_at > now:
            return repeated
        goods = goods_of(offer, request.sold)
        price_minor = price_of(offer, request.quantity, goods)
        refuse_if_unavailable(offer, request.quantity, now)
        if price_minor != request.shown_price_minor:
            raise OfferRefused(
                "price_changed", "The price has changed.", price_minor=price_minor, currency=offer.currency
            )
        return create_acceptance(request, offer, shown_in, price_minor=price_minor, goods=goods, now=now)


def create_acceptance(
    request: AcceptRequest, offer: Offer, shown_in: ShownIn, *, price_minor: int, goods: Sequence[Goods], now: datetime
) -> Acceptance:
    """Store what the acceptance's token will say."""
    accepted_at = now.replace(microsecond=0)  # a token's times are whole seconds
    acceptance: Acceptance = offer.acceptances.create(
        store_id=request.store_id,
        jti=new_uuid(),
        idempotency_key=request.idempotency_key,
        visitor_id=request.visitor_id,
        experiment_key=shown_in.experiment_key,
        variant_key=shown_in.variant_key,
        currency=offer.currency,
        total_minor=price_minor,
        quantity=request.quantity,
        lines=lines_of(goods, request.quantity, price_minor),
        replaces=product_reference(offer.replaces) if offer.replaces else None,
        accepted_at=accepted_at,
        expires_at=accepted_at + LIFETIME,
        about=request.about,
        step=request.step,
    )
    if offer.stock_limit is not None:
        offer.save(update_fields=["updated_at"])  # moves the configuration's version: the edge counts again
    return acceptance


def serving_variant(request: AcceptRequest) -> Variant:
    """Return the variant, while it is shown with this offer at this step. Raises ``OfferRefused`` otherwise."""
    serving = Variant.objects.select_related("experiment").filter(
        on_screen(), pk=request.variant_id, experiment__store_id=request.store_id
    )
    if request.step:
        second = NextWidget.objects.filter(offer=request.offer_id, after=request.step, is_shown=True)
        variant = serving.filter(pk__in=second.values("variant")).first()
    else:
        variant = serving.filter(widget__offer=request.offer_id).first()
    if variant is None:
        raise OfferRefused("offer_ended", "The offer has ended.")
    return variant


def on_screen() -> Q:
    """Return the condition that a variant can be on a shopper's screen now: its test runs, or it was rolled out."""
    is_assigned = Q(experiment__in=Experiment.objects.running())
    is_winner = Q(experiment__in=Experiment.objects.rolled_out(), experiment__rolled_out_variant=F("pk"))
    return is_assigned | is_winner


def goods_of(offer: Offer, sold: Sequence[str]) -> list[Goods]:
    """Return what the offer sells, and how many of each: of pairs what was shown, by its SKUs.

    Raises ``OfferRefused`` where it sells other things now, or where a product can't be had any more.
    """
    if bool(offer.pairing) != bool(sold):
        raise OfferRefused("offer_ended", "The offer has ended.")
    if not offer.pairing:
        return items_of(offer)
    goods = Product.objects.filter(
        store=offer.store_id, kind=ProductKind.GOODS, is_active=True, currency=offer.currency
    )
    # Not locked, as the products of other offers aren't: the shop counts its stock down with the order.
    by_sku = {product.sku: product for product in goods.filter(sku__in=sold)}
    if len(by_sku) < len(sold):
        raise OfferRefused("offer_ended", "The offer is no longer available.")
    found = []
    for sku in sold:
        if by_sku[sku].stock == 0:
            raise OfferRefused("out_of_stock", "The offer is out of stock.")
        found.append(Goods(by_sku[sku], 1))
    return found


def items_of(offer: Offer) -> list[Goods]:
    """Return the fixed products of an offer."""
    return [Goods(item.product, item.quantity) for item in offer.items.select_related("product")]


def price_of(offer: Offer, quantity: int, goods: Sequence[Goods]) -> int:
    """Return what so many cost now, in minor units. Raises ``OfferRefused`` where that tier is gone."""
    if quantity == 1 or offer.pairing:
        return price_minor_of(offer, [part.product for part in goods])
    tier = offer.tiers.filter(quantity=quantity).first()
    if tier is None:
        raise OfferRefused("offer_ended", "The offer has ended for this quantity.")
    return tier.price_minor


def refuse_if_unavailable(offer: Offer, quantity: int, now: datetime) -> None:
    """Raise ``OfferRefused`` where so many can't be had now."""
    if not offer.is_open(now):
        raise OfferRefused("offer_ended", "The offer has ended.")
    if not offer.is_in_stock(quantity):
        raise OfferRefused("out_of_stock", "The offer is out of stock.")


def offer_lines(offer: Offer, quantity: int, price_minor: int) -> list[dict[str, Any]]:
    """Return what an offer of fixed products puts into the order."""
    return lines_of(items_of(offer), quantity, price_minor)


def lines_of(goods: Sequence[Goods], quantity: int, price_minor: int) -> list[dict[str, Any]]:
    """Return what goes into the order: the goods so many times, at prices that add up to ``price_minor``."""
    products: dict[str, Product] = {}
    sold = []
    for part in goods:
        products[part.product.sku] = part.product
        sold.append((part.product.sku, part.quantity * quantity, part.product.price_minor))
    lines = []
    for line in pricing.lines(price_minor, sold):
        lines.append({**line, **product_reference(products[str(line["sku"])])})
    return lines


def product_reference(product: Product) -> dict[str, str]:
    """Return the product as the shop knows it; with the shop system's own id where there is one."""
    if not product.external_id:
        return {"sku": product.sku}
    return {"sku": product.sku, "external_id": product.external_id}


def redeem(*, store_id: int, jti: uuid.UUID, reference: str, is_expired: bool, now: datetime) -> None:
    """Use an acceptance up for what the store calls ``reference``; empty where it says nothing.

    The same reference may ask again at any time, so that an answer that got lost can be had. Raises ``RedeemRefused``.
    """
    acceptances = Acceptance.objects.filter(store_id=store_id, jti=jti)
    if not is_expired:
        # One statement, so that of two calls at once one is the first, and the other waits and sees whose it is.
        is_first = acceptances.filter(redeemed_at=None).update(redeemed_at=now, reference=reference)
        if is_first:
            return
    acceptance = acceptances.first()
    if acceptance is None:
        raise RedeemRefused("bad_token", "The acceptance token isn't valid for this store.")
    if acceptance.redeemed_at is None:
        raise RedeemRefused("bad_token", "The acceptance has expired.")
    if not reference or acceptance.reference != reference:
        raise RedeemRefused(
            "already_redeemed", "The acceptance has already been redeemed.", redeemed_at=acceptance.redeemed_at
        )
