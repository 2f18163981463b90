"""Accepting an offer: who may have it, at which price, and once per idempotency key."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from checkout_widgets import pricing
from checkout_widgets.models import Acceptance, Offer
from experiments.models import Experiment, Status, Variant

LIFETIME = timedelta(minutes=30)


class OfferRefused(Exception):
    """An offer that can't be had (any more); ``code`` as in the edge API, ``offer`` as it is now."""

    def __init__(self, code: str, message: str, offer: Offer | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.offer = offer


def accept_offer(
    *,
    store_id: int,
    visitor_id: str,
    idempotency_key: str,
    variant_id: int,
    offer_id: int,
    shown_price_minor: int,
    now: datetime,
) -> Acceptance:
    """Record that the visitor accepts the offer of a variant, or find what the same key accepted before.

    Price and eligibility are the database's. Raises ``OfferRefused``.
    """
    with transaction.atomic():
        # one acceptance of an offer at a time, so that its limit holds
        offer = Offer.objects.select_for_update(no_key=True).filter(store_id=store_id, pk=offer_id).first()
        if offer is None:
            raise OfferRefused("offer_ended", "The offer is not available any more.")
        repeated = offer.acceptances.filter(visitor_id=visitor_id, idempotency_key=idempotency_key).first()
        if repeated is not None:
            return repeated
        variant = serving_variant(store_id, variant_id, offer_id)
        check(offer, shown_price_minor, now)
        acceptance = offer.acceptances.create(
            store_id=store_id,
            jti=uuid.uuid4(),
            idempotency_key=idempotency_key,
            visitor_id=visitor_id,
            experiment_key=variant.experiment.key,
            variant_key=variant.key,
            currency=offer.currency,
            total_minor=offer.price_minor,
            lines=offer_lines(offer),
            accepted_at=now.replace(microsecond=0),
            expires_at=now.replace(microsecond=0) + LIFETIME,
        )
        if offer.stock_limit is not None:
            offer.save(update_fields=["updated_at"])  # moves the configuration's version: the edge counts again
    return acceptance


def serving_variant(store_id: int, variant_id: int, offer_id: int) -> Variant:
    """The variant, while it is shown with this offer. Raises ``OfferRefused`` otherwise."""
    variant = (
        Variant.objects.select_related("experiment")
        .filter(pk=variant_id, experiment__store_id=store_id, widget__offer=offer_id)
        .first()
    )
    if variant is None or not is_serving(variant.experiment, variant_id):
        raise OfferRefused("offer_ended", "The offer has ended.")
    return variant


def is_serving(experiment: Experiment, variant_id: int) -> bool:
    """Whether the variant can be on a shopper's screen now: its test runs, or it won and was rolled out."""
    is_rolled_out = experiment.status == Status.CONCLUDED and experiment.rolled_out_variant_id == variant_id
    return experiment.status == Status.RUNNING or is_rolled_out


def check(offer: Offer, shown_price_minor: int, now: datetime) -> None:
    """Raise ``OfferRefused`` where the offer can't be had now, or not at the price that was shown."""
    if not offer.is_open(now):
        raise OfferRefused("offer_ended", "The offer has ended.")
    if not offer.is_in_stock():
        raise OfferRefused("out_of_stock", "The offer is out of stock.")
    if offer.price_minor != shown_price_minor:
        raise OfferRefused("price_changed", "The price has changed.", offer)


def offer_lines(offer: Offer) -> list[dict[str, str | int]]:
    """What goes into the order: the offer's products at prices that add up to the offer's."""
    items = offer.items.select_related("product")
    return pricing.lines(
        offer.price_minor, [(item.product.sku, item.quantity, item.product.price_minor) for item in items]
    )
