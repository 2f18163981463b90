"""Pictures of products."""

from xml.etree import ElementTree

import pytest

from demo.store.categories import Category
from demo.store.pictures import PAINTS, SHAPES, draw

SVG = "{http://www.w3.org/2000/svg}"


def test_draw_the_same_product_twice_gives_the_same_picture():
    assert draw("22423", "Regency Cakestand 3 Tier", "tableware") == draw(
        "22423", "Regency Cakestand 3 Tier", "tableware"
    )


@pytest.mark.parametrize("category", Category.values)
def test_draw_any_category_is_well_formed_and_filled(category):
    picture = draw("1", "Thing", category)
    assert ElementTree.fromstring(picture).tag == f"{SVG}svg"
    assert "{" not in picture


def test_draw_takes_shape_colour_and_pattern_from_the_title():
    picture = draw("1", "Blue Polkadot Mug", "home")
    assert PAINTS["blue"].main in picture
    assert '<pattern id="p"' in picture
    assert SHAPES["mug"].split('"')[1] in picture


def test_draw_an_unknown_category_falls_back_to_a_heart():
    assert SHAPES["heart"].split('"')[1] in draw("1", "Thing", "tools of the trade")


def test_draw_holds_nothing_of_the_title():
    assert "script" not in draw("1", "<script>alert(1)</script>", "home")
