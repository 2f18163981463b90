"""A real shop's webhooks say today of offers by email what the recording says that contacts are read from."""

import json
from typing import Any

import pytest

from tests.shop_rig.consent_deliveries import CASES, FILE, about_consent, delivered, meta_of, watched, without_persons

RECORDED: dict[str, Any] = {case["name"]: case for case in json.loads(FILE.read_text())}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_delivery_says_the_answer_as_it_was_recorded(shop, edge, products, case):
    with watched(shop, edge), shop.no_complaints():
        delivery = delivered(shop, products["BOOTS"], case)
    body = without_persons(json.loads(delivery["body"]), shop.url)
    recorded = RECORDED[case.name]["body"]
    assert about_consent(body) == case.right == about_consent(recorded)
    assert sorted(body) == sorted(recorded)
    named = {name for name in meta_of(body) if "offerlift" in name}
    assert named == {name for name in meta_of(recorded) if "offerlift" in name}
