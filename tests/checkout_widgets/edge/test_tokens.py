"""Signed texts: what was signed comes back, what was touched doesn't."""

import base64
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from checkout_widgets.edge import exposure_signing
from checkout_widgets.edge.configuration import SignedOffer
from checkout_widgets.edge.tokens import (
    BadToken,
    ExposureToken,
    SequenceToken,
    VisitToken,
    encode,
    read_exposure,
    sign_exposure,
)

OLD, NEW = "old-" * 12, "new-" * 12


def token(**fields: Any) -> ExposureToken:
    defaults: dict[str, Any] = {
        "store_id": 1,
        "experiment_id": 2,
        "variant_id": 3,
        "is_rollout": False,
        "visitor_id": "v_8f14e45fceea167a",
        "moment": "cart",
        "cart_value_minor": 6670,
        "currency": "EUR",
        "device": "phone",
        "country": "DE",
        "customer_type": "new",
        "offer_id": 4,
        "price_minor": 990,
        "issued_at": 1_795_000_000,
        "expires_at": 1_795_172_800,
    }
    return ExposureToken(**defaults | fields)


@given(st.text(min_size=1, max_size=64), st.none() | st.integers(0, 10**12))
def test_read_exposure_gives_back_what_was_signed(visitor_id, cart_value_minor):
    signed = token(visitor_id=visitor_id, cart_value_minor=cart_value_minor)
    assert read_exposure(sign_exposure(signed)) == signed


@given(st.data())
def test_read_exposure_with_any_character_changed_is_refused(data):
    text = sign_exposure(token())
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("AZaz09-_:.=ü").filter(lambda character: character != text[place]))
    with pytest.raises(BadToken):
        read_exposure(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize("text", ["", ":", "a:", ":a", "eyJ", "\x00:\x00", "\ud800:x", "a" * 4_000])
def test_read_exposure_of_nonsense_is_refused(text):
    with pytest.raises(BadToken):
        read_exposure(text)


def test_read_exposure_after_the_secret_key_changed_needs_it_as_a_fallback():
    with override_settings(SECRET_KEY=OLD):
        text = sign_exposure(token())
    with override_settings(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=[OLD]):
        assert read_exposure(text) == token()
        assert sign_exposure(token()) != text
    with override_settings(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=[]), pytest.raises(BadToken):
        read_exposure(text)


def test_exposure_token_carries_what_adjusts_results_where_it_is_known():
    assert read_exposure(sign_exposure(token())).counts() == (None, None)
    counted = VisitToken(*astuple(token()), {}, 3, 0)  # type: ignore[call-arg]
    assert read_exposure(sign_exposure(counted)) == counted
    assert counted.counts() == (3, 0)
    assert (counted.visitor_id, counted.segments(), counted.holdout_id) == (token().visitor_id, {}, None)


def test_exposure_token_hides_no_key_and_stays_short():
    text = sign_exposure(token())
    assert len(text) < 250
    assert b"DE" in base64.urlsafe_b64decode(text.partition(":")[0])  # signed, not secret


def test_read_exposure_of_an_earlier_release_has_what_it_lacks_by_default():
    # 15 fields, and 16: MessagePack counts those within the first byte, and these after it
    for number in (15, 16):
        text = exposure_signing.sign(encode(list(astuple(token())[:number]))).decode()
        assert read_exposure(text) == ExposureToken(*astuple(token())[:number])


def test_read_exposure_of_a_sequence_has_its_second_offers():
    signed = SequenceToken(*astuple(token()), {}, None, None, {"declined": SignedOffer(7, 400)})  # type: ignore[call-arg]
    assert read_exposure(sign_exposure(signed)) == signed


@pytest.mark.parametrize("content", [b"", b"\xdc", b"\xdc\x00", b"\xdc\xff\xff", b"\x80"])
def test_read_exposure_of_what_is_signed_and_no_token_is_refused(content):
    with pytest.raises(BadToken):
        read_exposure(exposure_signing.sign(content).decode())
