"""What is said of a customer is read field by field: one that is wrong is named, and costs no other."""

from datetime import UTC, datetime

import pytest

from checkout_widgets.customer_fields import CustomerFields


def test_fields_that_are_right_are_read_and_those_that_say_nothing_are_no_mistake():
    fields = CustomerFields(
        {"email": " ada@shop.example ", "id": 77, "at": "2026-11-20T10:15:00+02:00", "lang": "de-DE"}
    )
    assert fields.address("email") == "ada@shop.example"
    assert fields.id("id") == "77"
    assert fields.time("at") == datetime(2026, 11, 20, 8, 15, tzinfo=UTC)
    assert fields.locale("lang") == "de-DE"
    assert (fields.address("other"), fields.time("other"), fields.part("other").id("id")) == ("", None, "")
    assert fields.unread == []


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        ("address", "nobody"),
        ("address", "ada@shop.example\nBcc: eve@evil.example"),
        ("address", f"{'a' * 250}@shop.example"),
        ("address", ["ada@shop.example"]),
        ("address", "ad\x00a@shop.example"),
        ("id", True),
        ("id", "7" * 65),
        ("id", {}),
        ("time", "yesterday"),
        ("time", "2026-11-20T10:15:00"),
        ("time", 1_700_000_000),
        ("time", "0001-01-01T00:00:00Z"),
        ("locale", "de DE"),
        ("country", "Germany"),
        ("url", "javascript:alert(1)"),
        ("text", "x" * 65),
    ],
)
def test_field_that_can_not_be_read_is_named_and_empty(reader, value):
    fields = CustomerFields({"consent": {"field": value}})
    assert not getattr(fields.part("consent"), reader)("field")
    assert fields.unread == ["consent.field"]


def test_address_that_nobody_can_have_is_none_and_no_mistake():
    fields = CustomerFields({"email": "deleted@site.invalid"})  # as WooCommerce writes it over those it has erased
    assert (fields.address("email"), fields.unread) == ("", [])


def test_lists_are_read_as_shops_write_them():
    fields = CustomerFields({"list": [{"id": 1}, "no object", {"id": 2}], "php": {"3": {"id": 3}}, "wrong": 7})
    assert [part.id("id") for part in fields.parts("list")] == ["1", "", "2"]
    assert [part.id("id") for part in fields.parts("php")] == ["3"]
    assert fields.parts("wrong") == []
    assert fields.unread == ["list[1]", "wrong"]
