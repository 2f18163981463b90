"""Whom a running test is for, as ``POST /v1/decide`` follows it."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from experiments.models import Experiment, Store


def now() -> datetime:
    return datetime.now(UTC)


def test_decide_targeting_is_followed(experiment, decide):
    Experiment.objects.update(targeting={"field": "device", "op": "is", "value": "phone"})
    assert decide(device="desktop")["reason"] == "not_targeted"
    assert decide(device="phone")["experiment"] == "cart-accessory"


def test_decide_targeting_knows_cart_and_visitor(experiment, decide):
    rules = [
        {"field": "cart_value_minor", "op": "at_least", "value": 5000},
        {"field": "cart_items", "op": "at_least", "value": 3},
        {"field": "skus", "op": "contains_any", "value": ["A1"]},
        {"field": "categories", "op": "contains_any", "value": ["Kitchen"]},
        {"field": "country", "op": "in", "value": ["DE"]},
        {"field": "language", "op": "is", "value": "de"},
        {"field": "customer_type", "op": "is", "value": "returning"},
        {"field": "tags", "op": "contains_all", "value": ["vip"]},
        {"field": "path", "op": "starts_with", "value": "/cart"},
    ]
    Experiment.objects.update(targeting={"all": rules})
    items = [{"sku": "a1", "quantity": 2, "price_minor": 1, "category": "KITCHEN"}, {"sku": "b", "quantity": 1}]
    request = {
        "cart": {"currency": "EUR", "total_minor": 5000, "items": items},
        "visitor": {"country": "de", "orders": 2, "tags": ["VIP"]},
        "locale": "de-AT",
        "page": {"path": "/Cart"},
    }
    assert decide(**request)["experiment"] == "cart-accessory"
    for missing in request:
        assert decide(**request | {missing: None})["reason"] == "not_targeted"


@pytest.mark.parametrize(
    ("query", "is_targeted"),
    [
        ("utm_source=News&utm_medium=email", True),
        ("?utm_medium=email&utm_source=news%20", False),
        ("?x=1&utm_source=news&utm_source=other&utm_medium=email", True),
        ("utm_source=news", False),
        ("", False),
        ("a=1&" * 200 + "utm_source=news&utm_medium=email", False),
        ("utm_source=%FF%00", False),
    ],
)
def test_decide_targeting_knows_the_campaign(experiment, decide, query, is_targeted):
    rules = [
        {"field": "utm_source", "op": "is", "value": "news"},
        {"field": "utm_medium", "op": "is", "value": "EMAIL"},
    ]
    Experiment.objects.update(targeting={"all": rules})
    assert ("reason" not in decide(page={"path": "/", "query": query})) is is_targeted


@pytest.mark.parametrize(("zone", "hour"), [("UTC", 23), ("Europe/Berlin", 0), ("America/New_York", 18)])
def test_decide_targeting_goes_by_the_stores_clock(store, experiment, decide, zone, hour):
    Store.objects.update(timezone=zone)
    rules = [{"field": "hour", "op": op, "value": hour} for op in ("at_least", "at_most")]
    Experiment.objects.update(targeting={"all": rules})
    for minute, reason in ((30, None), (90, "not_targeted")):
        at = datetime(2026, 11, 22, 23, tzinfo=UTC) + timedelta(minutes=minute)
        with patch("checkout_widgets.edge.call.datetime") as clock:
            clock.now.return_value = at
            assert decide().get("reason") == reason


def test_decide_targeting_that_cannot_be_read_is_for_nobody(experiment, decide):
    Experiment.objects.update(targeting={"field": "shoe_size", "op": "is", "value": "42"})
    assert decide()["reason"] == "not_targeted"
