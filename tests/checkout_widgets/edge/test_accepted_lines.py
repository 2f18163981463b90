"""A token is for its product, so many, at its price; to half of what the shop's decimals leave open."""

from typing import Any

import pytest

from checkout_widgets.edge.accepted_lines import SoldLine, mismatch

MUG = {"sku": "MUG", "quantity": 1, "price_minor": 790}
NUMBERED = MUG | {"external_id": "13"}


def claims_of(*lines: dict[str, Any], quantity: int = 1) -> dict[str, Any]:
    return {"sub": "v_1", "lines": list(lines), "quantity": quantity}


def sold(sku: str = "MUG", quantity: int = 1, total: int = 790, **fields: Any) -> SoldLine:
    return SoldLine(sku, quantity, {total}, **fields)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (sold(), ""),
        (sold(total=791), "wrong_price"),
        (sold(total=840, tolerance_minor=50), ""),
        (sold(total=841, tolerance_minor=50), "wrong_price"),
        (sold(total=740, tolerance_minor=50), ""),
        (sold(quantity=2, total=1580), "wrong_quantity"),
        (sold(quantity=2, total=1980), "wrong_quantity"),  # at the full price: raised by the shopper
        (sold(sku="BOOTS"), "wrong_product"),
        (SoldLine("MUG", 1, {664, 790}), ""),
        (SoldLine("MUG", 1, ()), "wrong_price"),
    ],
)
def test_mismatch_of_one_mug(line, code):
    assert mismatch(claims_of(MUG), line, "v_1") == code


def test_mismatch_another_visitor_comes_first():
    assert mismatch(claims_of(MUG), sold("BOOTS"), "v_2") == "wrong_visitor"
    assert mismatch(claims_of(MUG), sold(), "") == ""


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (sold("", external_ids=("13",)), ""),  # no SKU at all
        (sold("SHOP-13", external_ids=("13",), is_sku_known=False), ""),  # a SKU that only the shop uses
        (sold("BOOTS", external_ids=("13",)), "wrong_product"),  # of another product in the catalogue
        (sold("MUG", external_ids=("99",)), "wrong_product"),
        (sold("MUG", external_ids=("15", "13")), ""),  # a variation of product 13
        (sold("MUG"), ""),  # says no id: the SKU decides
        (sold("", external_ids=("99",)), "wrong_product"),
    ],
)
def test_mismatch_by_the_shops_own_id(line, code):
    assert mismatch(claims_of(NUMBERED), line, "v_1") == code


def test_mismatch_variation_before_its_product():
    product = MUG | {"external_id": "14", "price_minor": 500}
    variation = MUG | {"external_id": "15", "sku": "MUG-S", "price_minor": 790}
    line = sold("", external_ids=("15", "14"), total=790)
    assert mismatch(claims_of(product, variation), line, "v_1") == ""
    other = sold("", external_ids=("16", "14"), total=500)
    assert mismatch(claims_of(product, variation), other, "v_1") == ""


@pytest.mark.parametrize(
    ("line", "code"),
    [
        # three at 10.00 together: 2 x 3.33 + 3.34
        (sold(quantity=3, total=1000), ""),
        (sold(quantity=3, total=1001), ""),  # half a cent for each of the three
        (sold(quantity=3, total=1004), "wrong_price"),
        (sold(quantity=2, total=666), ""),  # one of the token's own lines
        (sold(quantity=1, total=333), "wrong_quantity"),
        (sold(quantity=4, total=1334), "wrong_quantity"),
    ],
)
def test_mismatch_of_a_tier_of_three(line, code):
    parts = [MUG | {"quantity": 2, "price_minor": 333}, MUG | {"quantity": 1, "price_minor": 334}]
    assert mismatch(claims_of(*parts, quantity=3), line, "v_1") == code
