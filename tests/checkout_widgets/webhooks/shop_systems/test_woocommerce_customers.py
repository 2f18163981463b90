"""What WooCommerce's orders say of customers: recorded deliveries of a real shop."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from checkout_widgets.webhooks.shop_systems.woocommerce import WooCommerce

RECEIVED = datetime(2026, 12, 2, tzinfo=UTC)
PAYLOADS = Path(__file__).parents[3] / "data/payloads"
RECORDED = {delivery["name"]: delivery for delivery in json.loads((PAYLOADS / "woocommerce_recorded.json").read_text())}


def body_of(name: str, **fields: object) -> dict[str, Any]:
    body = RECORDED[name]["body"]
    copy: dict[str, Any] = deepcopy(body)
    return copy | fields


def read(body: dict[str, Any]) -> Any:
    return WooCommerce().read_customer("order.updated", json.dumps(body).encode(), RECEIVED)


def with_meta(name: str, **meta: str) -> dict[str, Any]:
    body = body_of(name)
    body["meta_data"] += [{"id": 900 + at, "key": key, "value": value} for at, (key, value) in enumerate(meta.items())]
    return body


def test_order_names_the_address_and_country_and_never_a_consent_of_its_own():
    news = read(body_of("plain"))
    assert (news.address, news.country) == ("ida@shopper.example", "DE")
    assert (news.consents, news.unread) == ((), ())


def test_guest_has_no_customer_id():
    assert read(body_of("plain", customer_id=0)).customer_id == ""
    assert read(body_of("plain", customer_id=7)).customer_id == "7"


@pytest.mark.parametrize(
    ("answer", "basis"),
    [("opt_in", "opt_in"), ("none", "none"), ("soft_opt_in", "soft_opt_in"), ("objected", "none")],
)
def test_plugins_note_is_the_consent_at_the_time_of_the_order(answer, basis):
    meta = {
        "offerlift_email_offers": answer,
        "offerlift_email_wording": "2",
        "_offerlift_placed_at": "2026-11-30T05:07:16Z",
    }
    [consent] = read(with_meta("plain", **meta)).consents
    assert (consent.basis, consent.wording) == (basis, "2")
    assert consent.said_at == datetime(2026, 11, 30, 5, 7, 16, tzinfo=UTC)


def test_plugins_note_that_nobody_understands_is_no_consent():
    news = read(with_meta("plain", offerlift_email_offers="perhaps"))
    assert news.consents == ()
    assert news.unread == ("meta_data.offerlift_email_offers",)


def test_completed_order_was_sent_and_nobody_says_when_it_arrives():
    [parcel] = read(body_of("plain", status="completed", date_completed_gmt="2026-11-30T08:00:00")).shipments
    assert (parcel.external_id, parcel.delivered_at) == ("completed", None)
    assert parcel.shipped_at == datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert read(body_of("plain")).shipments == ()


def test_failed_payment_is_a_problem_until_the_order_is_paid():
    [failed] = read(body_of("plain", status="failed")).frictions
    [paid] = read(body_of("plain", status="processing")).frictions
    assert (failed.kind, failed.external_id) == ("payment", paid.external_id)
    assert failed.closed_at is None
    assert paid.closed_at is not None


def test_every_recorded_delivery_is_read_without_a_mistake():
    for name, delivery in RECORDED.items():
        if delivery["topic"] != "order.deleted":
            assert read(body_of(name)).unread == (), name


def test_recorded_answers_of_both_checkouts_are_what_shoppers_said():
    expected = {
        "off": [],
        "opt_in_unticked": ["none"],
        "opt_in_ticked": ["opt_in"],
        "soft_opt_in_unticked": ["soft_opt_in"],
        "soft_opt_in_ticked": ["none"],
    }
    deliveries = json.loads((PAYLOADS / "woocommerce_consent.json").read_text())
    assert len(deliveries) == 10
    for delivery in deliveries:
        news = read(delivery["body"])
        answer = delivery["name"].partition("_")[2]
        assert [consent.basis for consent in news.consents] == expected[answer], delivery["name"]
        assert news.address == "ida@shopper.example"
