"""What a real WooCommerce delivered of offers by email: ``tests/data/payloads/woocommerce_consent.md``."""

import json
import re
from typing import Any

import pytest

from checkout_widgets.webhooks.shop_systems.woocommerce import WooCommerce
from tests.checkout_widgets.webhooks.samples import FOLDER

TEXT = (FOLDER / "woocommerce_consent.json").read_text()
CASES: list[dict[str, Any]] = json.loads(TEXT)
NAMES = ("offerlift_email_offers", "offerlift_email_wording", "_offerlift_email_wording_text")


def test_recording_has_each_checkout_and_answer():
    answers = {(case["checkout"], case["right"].get("offerlift_email_offers", "")) for case in CASES}
    assert answers == {
        (checkout, answer)
        for checkout in ("block", "classic")
        for answer in ("", "none", "opt_in", "soft_opt_in", "objected")
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_recorded_order_says_its_answer_and_nothing_where_the_shop_does_not_ask(case):
    order = WooCommerce().parse_order(json.dumps(case["body"]).encode())
    said = {name: order.meta(name) for name in NAMES}
    assert said == {name: case["right"].get(name) for name in NAMES}


def test_recording_names_no_person_and_no_machine():
    assert set(re.findall(r"[\w.+-]+@[\w.-]+", TEXT)) == {"ida@shopper.example"}
    assert set(re.findall(r"\d+\.\d+\.\d+\.\d+", TEXT)) == {"192.0.2.1"}
    assert set(re.findall(r"https?:\\?/\\?/([\w.:-]+)", TEXT)) == {"shop.example"}
    assert {case["body"]["billing"]["last_name"] for case in CASES} == {"Invented"}
