"""Tokens of parts are, byte for byte, those that are encoded whole."""

from typing import Any

import pytest

from checkout_widgets.edge.configuration import HoldoutConfiguration, SignedOffer, VariantConfiguration
from checkout_widgets.edge.token_parts import (
    BEGINNING,
    BEGINNING_WITH_VISIT,
    VisitorParts,
    parts_of_variant,
    parts_of_withheld,
    several,
    token_of,
)
from checkout_widgets.edge.tokens import ExposureToken, SequenceToken, VisitToken, encode

VISITOR: dict[str, Any] = {"store_id": 300, "visitor_id": "v_1", "issued_at": 1_795_000_000, "expires_at": 2**33}
KNOWN = {"cart_value_minor": 10**12, "currency": "EUR", "device": "phone", "country": "DE", "customer_type": "n" * 40}


def visitor_parts(beginning: bytes, *end: Any) -> VisitorParts:
    return VisitorParts(
        start=beginning + encode(300),
        visitor_id=encode("v_1"),
        context=several(*KNOWN.values()),
        times=several(1_795_000_000, 2**33, True),
        end=several(*end),
    )


@pytest.mark.parametrize("visit", [(), ({"channel": "none", "position": "1"}, 3, None)])
def test_token_of_a_variant_without_a_widget_is_the_token_encoded_whole(visit):
    kind = VisitToken if visit else ExposureToken
    fields = VISITOR | KNOWN | {"is_automated": True, "holdout_id": 8, "holdout_variant_id": 9, "customer_id": "c-17"}
    if visit:
        fields |= dict(zip(("visit", "cart_items", "past_orders"), visit, strict=True))
    whole = kind(
        **fields, experiment_id=70_000, variant_id=5, is_rollout=True, moment="cart", offer_id=None, price_minor=None
    )
    visitor = visitor_parts(BEGINNING_WITH_VISIT if visit else BEGINNING, 8, 9, "c-17", *visit)
    variant = parts_of_variant(VariantConfiguration(5, "control", True, None), 70_000, "cart", is_rollout=True)
    assert token_of(visitor, variant) == encode(whole)


@pytest.mark.parametrize("visit", [(), ({"channel": "none", "position": "1"}, 3, None)])
def test_token_of_a_sequence_is_the_token_encoded_whole(visit):
    second = SignedOffer(12, 400, {2: 700})
    fields = VISITOR | KNOWN | {"is_automated": True, "customer_id": "c-17", "next_offers": {"declined": second}}
    if visit:
        fields |= dict(zip(("visit", "cart_items", "past_orders"), visit, strict=True))
    whole = SequenceToken(
        **fields, experiment_id=9, variant_id=6, is_rollout=False, moment="cart", offer_id=None, price_minor=None
    )
    configuration = VariantConfiguration(6, "treatment", False, None)
    object.__setattr__(configuration, "next_offers", {"declined": second})  # as a widget's would be
    variant = parts_of_variant(configuration, 9, "cart", is_rollout=False)
    visitor = visitor_parts(BEGINNING_WITH_VISIT if visit else BEGINNING, None, None, "c-17", *visit)
    assert token_of(visitor, variant) == encode(whole)


@pytest.mark.parametrize("variant_id", [4, 9])
def test_token_of_somebody_who_is_shown_nothing_sells_nothing_and_counts_in_the_holdout_alone(variant_id):
    whole = ExposureToken(
        **VISITOR | KNOWN,
        experiment_id=8,
        variant_id=variant_id,
        is_rollout=False,
        moment="payment",
        offer_id=None,
        price_minor=None,
        is_automated=True,
        customer_id="",
    )
    parts = parts_of_withheld(HoldoutConfiguration(8, "holdout", 4, "held_out", 9, "offers"), variant_id, "payment")
    assert token_of(visitor_parts(BEGINNING, None, None, ""), parts) == encode(whole)
