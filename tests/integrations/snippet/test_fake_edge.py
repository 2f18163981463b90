"""The fake edges answer as the real one does, and the same as each other."""

import ast
import subprocess
import sys
from typing import Any

import jwt
import msgspec
import pytest

from checkout_widgets.edge import answers
from checkout_widgets.edge.convert import Converted
from checkout_widgets.edge.events import EventsReceipt
from checkout_widgets.edge.orders import OrderReceipt
from tests.described import assert_is
from tests.fake_edges import SECRET_KEY, SOURCE, Fake

DECIDE = {"key": "pk_test", "visitor_id": "v_1", "moments": ["cart", "payment"]}
ACCEPT = {"key": "pk_test", "visitor_id": "v_1", "exposure_token": "fake.cart.v_1", "idempotency_key": "one"}
PRICE = {"minor": 700, "currency": "EUR", "text": "€7.00"}
EVENT = {"id": "0193a1c2-7d1e-7cc1-9c5e-2f6b0d0e7a11", "type": "exposure", "at": "2026-11-22T10:00:01Z"}


def test_decision_is_as_the_edge_describes_it(fake):
    status, answer = fake.call("/v1/decide", DECIDE)
    cart, payment = answer["decisions"]
    assert status == 200
    assert_is(cart["content"], answers.WidgetContent)
    for part in cart["parts"]:
        assert_is(part, answers.WidgetPart)
    assert payment["reason"] == "no_experiment"
    assert payment["content"] is None


@pytest.mark.parametrize("options", [{"variant": "control"}])
def test_control_is_exposed_and_shown_nothing(fake):
    decision = fake.call("/v1/decide", DECIDE)[1]["decisions"][0]
    assert decision["variant"] == "control"
    assert decision["exposure_token"]
    assert decision["content"] is None


@pytest.mark.parametrize("options", [{"variant": "banner", "arms": ["control", "banner"]}])
def test_page_that_shows_a_treatment_itself_is_told_its_arm(fake):
    decision = fake.call("/v1/decide", DECIDE)[1]["decisions"][0]
    assert decision["page"] == {"test": "fake-test", "arm": "banner", "arms": ["control", "banner"]}
    assert decision["content"] is None
    assert decision["exposure_token"]


@pytest.mark.parametrize(
    "options", [{"moments": ["confirmation"], "next": {"accepted": {"headline": "One more", "price": PRICE}}}]
)
def test_second_offer_is_in_the_content_and_accepted_by_its_step(fake):
    decision = fake.call("/v1/decide", DECIDE | {"moments": ["confirmation"]})[1]["decisions"][0]
    assert_is(decision["content"], answers.WidgetContent)
    assert decision["content"]["next"]["accepted"]["headline"] == "One more"
    assert "upsell_sequence" in [part["name"] for part in decision["parts"]]
    accepted = fake.call("/v1/accept", ACCEPT | {"step": "accepted"})[1]
    claims = fake.call("/v1/acceptances/redeem", {"acceptance_token": accepted["acceptance_token"]})[1]
    assert_is(claims, answers.RedeemAnswer)
    assert (claims["total_minor"], claims["step"]) == (700, "accepted")
    status, answer = fake.call("/v1/accept", ACCEPT | {"step": "declined"})
    assert (status, answer["error"]["code"]) == (400, "bad_field")


def test_acceptance_is_signed_as_the_edge_signs_and_redeemed_once(fake):
    accepted = fake.call("/v1/accept", ACCEPT)[1]
    assert_is(accepted, answers.AcceptAnswer)
    token = accepted["acceptance_token"]
    claims = jwt.decode(token, SECRET_KEY, algorithms=["HS256"], audience="shop", issuer="offerlift")
    assert claims["total_minor"] == 990
    assert claims["lines"] == [{"sku": "23084", "quantity": 1, "price_minor": 990}]
    redeemed = fake.call("/v1/acceptances/redeem", {"acceptance_token": token, "reference": "5501"})[1]
    assert_is(redeemed, answers.RedeemAnswer)
    again, answer = fake.call("/v1/acceptances/redeem", {"acceptance_token": token, "reference": "5502"})
    assert (again, answer["error"]["code"]) == (409, "already_redeemed")
    forged, answer = fake.call("/v1/acceptances/redeem", {"acceptance_token": token[:-4] + "AAAA"})
    assert (forged, answer["error"]["code"]) == (401, "bad_token")


def test_what_it_was_told_is_kept(fake):
    order = {"external_id": "5501", "visitor_id": "v_1", "lines": []}
    assert_is(fake.call("/v1/events", {"visitor_id": "v_1", "events": [EVENT]})[1], EventsReceipt)
    assert_is(fake.call("/v1/orders", order)[1], OrderReceipt)
    claim = {"visitor_id": "v_1", "order": {"id": 5502, "currency": "EUR", "total_minor": 990}}
    assert_is(fake.call("/v1/convert", claim)[1], Converted)
    assert fake.told() == {"events": [EVENT | {"visitor_id": "v_1"}], "orders": [order, claim]}


ORDER: dict[str, Any] = {
    "external_id": "5501",
    "visitor_id": "v_1",
    "status": "paid",
    "currency": "EUR",
    "subtotal_minor": 7660,
    "tax_minor": 1223,
    "shipping_minor": 490,
    "total_minor": 8150,
    "lines": [
        {"sku": "23166", "quantity": 2, "price_minor": 3335, "discount_minor": 100},
        {"sku": "23084", "quantity": 1, "price_minor": 990, "discount_minor": 50},
    ],
}


def understood_of(fake: Fake, **changes: Any) -> dict[str, Any]:
    """What is understood of the order as a test order."""
    receipt = fake.call("/v1/orders", {**ORDER, "test": True, **changes})[1]
    assert_is(receipt, OrderReceipt)
    assert (receipt["test"], receipt["counts"]) == (True, False)
    understood: dict[str, Any] = receipt["understood"]
    return understood


def test_test_order_is_understood_and_never_an_order(fake):
    understood = understood_of(fake)
    assert (understood["goods_minor"], understood["total_minor"]) == (7660 - 150, 8150)
    assert [line["known"] for line in understood["lines"]] == [True, True]
    assert (understood["would_count"], understood["reason"]) == (False, "not_exposed")
    assert fake.told()["orders"] == []
    fake.call("/v1/events", {"visitor_id": "v_1", "events": [EVENT]})
    assert (understood_of(fake)["would_count"], understood_of(fake)["reason"]) == (True, "")
    assert understood_of(fake, discount_minor=200)["goods_minor"] == 7460


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "pending"}, "unpaid"),
        ({"status": "cancelled"}, "cancelled"),
        ({"repeat_kind": "renewal"}, "renewal"),
        ({"visitor_id": None}, "no_visitor"),
        ({"visitor_id": "v_2"}, "not_exposed"),
    ],
)
def test_test_order_says_why_it_would_not_count(fake, changes, reason):
    fake.call("/v1/events", {"visitor_id": "v_1", "events": [EVENT]})
    understood = understood_of(fake, **changes)
    assert (understood["would_count"], understood["reason"]) == (False, reason)


def test_test_order_says_which_tokens_fit(fake):
    token = fake.call("/v1/accept", ACCEPT)[1]["acceptance_token"]
    lines = [{**ORDER["lines"][1], "acceptance_token": given} for given in (token, token[:-4] + "AAAA", "é")]
    told = [(line["experiment"], line["rejected"]) for line in understood_of(fake, lines=lines)["lines"]]
    assert told == [("fake-test", ""), ("", "bad_token"), ("", "bad_token")]
    receipt = fake.call("/v1/orders", {**ORDER, "lines": lines})[1]
    assert_is(receipt, OrderReceipt)
    assert receipt["rejected"] == [{"index": 1, "code": "bad_token"}, {"index": 2, "code": "bad_token"}]


def test_order_is_new_once_and_is_none_until_it_is_paid(fake):
    pending = fake.call("/v1/orders", {**ORDER, "status": "pending"})[1]
    assert (pending["created"], pending["counts"]) == (True, False)
    paid = fake.call("/v1/orders", ORDER)[1]
    assert paid == {"order": "5501", "created": False, "visitor_matched": True}


def test_refusal_that_the_test_asks_for_comes_once(fake):
    fake.refuse("/v1/accept", 409, "out_of_stock")
    status, answer = fake.call("/v1/accept", ACCEPT)
    assert (status, answer["error"]["code"]) == (409, "out_of_stock")
    assert_is(answer, answers.RefusalAnswer)
    assert fake.call("/v1/accept", ACCEPT)[0] == 200


def test_bad_call_is_refused_with_a_code(fake):
    status, answer = fake.call("/v1/nothing", {})
    assert (status, answer["error"]["code"]) == (404, "not_found")
    assert_is(answer, answers.RefusalAnswer)


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/v1/orders", {"external_id": "5501"}, "lines must be a list of objects."),
        ("/v1/orders", {"external_id": "5501", "lines": ["boots"]}, "lines must be a list of objects."),
        ("/v1/orders", {"lines": []}, "external_id must be text."),
        ("/v1/decide", {"visitor_id": "v_1"}, "moments must be a list."),
        ("/v1/events", {}, "events must be a list of objects."),
        ("/v1/accept", {}, "exposure_token must be text."),
        ("/v1/acceptances/redeem", {}, "acceptance_token must be text."),
        ("/v1/convert", [], "The body must be an object."),
    ],
)
def test_body_without_what_it_needs_is_refused_and_the_next_call_answered(fake, path, body, message):
    status, answer = fake.call(path, body)
    assert (status, answer["error"]) == (400, {"code": "bad_field", "message": message})
    assert fake.call("/v1/decide", DECIDE)[0] == 200


@pytest.mark.parametrize("options", [{"moments": ["cart", "exit_intent", "payment"]}])
def test_both_decide_alike(options, fake):
    """By the one text that is kept here: what the one answers is what the other answers."""
    decisions = fake.call("/v1/decide", {"visitor_id": "v_1", "moments": options["moments"]})[1]["decisions"]
    kinds = [(decision["trigger"]["kind"], decision["content"]["layout"]) for decision in decisions]
    assert kinds == [("slot_visible", "card"), ("exit_intent", "dialog"), ("payment_step", "card")]
    names = [[part["name"] for part in decision["parts"]] for decision in decisions]
    assert names == [["upsell_card"], ["upsell_card", "upsell_dialog"], ["upsell_card", "upsell_checkout_steps"]]
    shown = msgspec.convert(decisions[0]["content"], answers.WidgetContent)
    assert (shown.accept_label, shown.price.minor) == ("Add for €9.90", 990)


# what came with later versions, of what a small server may want to import
LATER = "import datetime, typing; del datetime.UTC, typing.Self, typing.assert_never; "


def test_fake_edge_for_python_needs_nothing_newer_than_its_readme_says():
    """Python 3.9, which isn't on the machines that test."""
    file = SOURCE / "offerlift_fake_edge.py"
    assert "for Python 3.9 or newer" in (SOURCE / "README.md").read_text()
    ast.parse(file.read_text(), feature_version=(3, 9))
    subprocess.run([sys.executable, "-c", f"{LATER} import runpy; runpy.run_path({str(file)!r})"], check=True)
