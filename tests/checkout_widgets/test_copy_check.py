"""Advice on a widget's words."""

import pytest

from checkout_widgets.copy_check import advice_on


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("headline", "Hurry, tea is waiting", "presses shoppers"),
        ("body", "Don\N{RIGHT SINGLE QUOTATION MARK}t miss this mug", "presses shoppers"),
        ("reason", "Our best-selling mug", "is a claim"),
        ("body", " ".join(["word"] * 21) + ".", "21 words"),
        ("headline", "A" * 61, "61 characters"),
        ("headline", "Buy our mug", "Begin with what the shopper gains"),
    ],
)
def test_text_that_could_be_better_is_told_with_its_field(field: str, text: str, said: str):
    (advice,) = advice_on({field: text})
    assert advice.field == field
    assert said in advice.text


def test_plain_text_needs_no_advice():
    texts = {
        "headline": "Tea stays warm for an hour",
        "body": "A mug with a lid. Fits under the tap.",
        "reason": "Fits the tea in your cart.",
        "accept_label": "Add for {price}",
    }
    assert advice_on(texts) == []
