"""Products from invoice lines: names, prices, categories."""

from datetime import UTC, datetime, timedelta

import pytest

from checkout_widgets.models import Product
from demo.retail_data.catalogue import CatalogueEntry, build_catalogue, readable_title, save_catalogue
from demo.retail_data.online_retail import RetailLine
from demo.store.categories import Category, category_of
from tests.factories import make_store

START = datetime(2011, 1, 1, tzinfo=UTC)


def sold(price_minor: int, day: int = 0, description: str = "RED CUP", invoice: str = "1") -> RetailLine:
    return RetailLine(invoice, "21238", description, 1, START + timedelta(days=day), price_minor, "1")


@pytest.mark.parametrize(
    ("description", "title"),
    [
        ("SET/6 RED SPOTTY PAPER CUPS", "Set of 6 Red Spotty Paper Cups"),
        ("REGENCY CAKESTAND 3 TIER", "Regency Cakestand 3 Tier"),
        ("PACK 20 ENGLISH ROSE PAPER NAPKINS", "Pack of 20 English Rose Paper Napkins"),
        ("LADIES & GENTLEMEN METAL SIGN", "Ladies & Gentlemen Metal Sign"),
        ("LUNCH BAG  BLACK SKULL.", "Lunch Bag Black Skull"),
        ("POPPY'S PLAYHOUSE BATHROOM", "Poppy's Playhouse Bathroom"),
        ("THE WORLD OF TEA", "The World of Tea"),
        ("POLYESTER FILLER PAD 40x40cm", "Polyester Filler Pad 40x40cm"),
        ("BAG 125g SWIRLY MARBLES", "Bag 125g Swirly Marbles"),
        ("RETROSPOT TEA SET CERAMIC 11 PC ", "Retrospot Tea Set Ceramic 11 pc"),
    ],
)
def test_readable_title_of_a_till_description(description, title):
    assert readable_title(description) == title


@pytest.mark.parametrize(
    ("title", "category"),
    [
        ("Christmas Tree Candle", Category.SEASONAL),
        ("White Hanging Heart T-Light Holder", Category.CANDLES),
        ("Regency Cakestand 3 Tier", Category.TABLEWARE),
        ("Pack of 72 Retrospot Cake Cases", Category.KITCHEN),
        ("Jumbo Bag Red Retrospot", Category.BAGS),
        ("Red Retrospot Wrap", Category.STATIONERY),
        ("Assorted Colour Ornament", Category.HOME),
    ],
)
def test_category_of_a_title(title, category):
    assert category_of(title) is category


def test_build_catalogue_names_by_the_most_frequent_description():
    lines = [sold(85, description="CUP RED"), sold(85), sold(85)]
    assert build_catalogue(lines) == [CatalogueEntry("21238", "Red Cup", "tableware", 85)]


def test_build_catalogue_price_is_the_lower_median_of_the_last_nine_sales():
    old = [sold(9900, day) for day in range(20)]
    recent = [sold(price, 100 + day) for day, price in enumerate([85, 72, 65, 85, 85, 72, 72, 65, 85])]
    (entry,) = build_catalogue([*recent, *old])
    assert entry.price_minor == 72  # sorted: 65 65 72 72 [72] 85 85 85 85


def test_build_catalogue_leaves_out_what_was_only_cancelled():
    assert build_catalogue([sold(85, invoice="C1")]) == []


@pytest.mark.django_db
def test_save_catalogue_twice_updates_in_place():
    store = make_store(currency="GBP")
    save_catalogue(store, [CatalogueEntry("21238", "Red Cup", "tableware", 85)], address="http://shop.example/")
    before = Product.objects.get()
    save_catalogue(store, [CatalogueEntry("21238", "Red Mug", "tableware", 95)], address="http://shop.example")
    after = Product.objects.get()
    assert (after.pk, after.title, after.price_minor) == (before.pk, "Red Mug", 95)
    assert after.image_url == "http://shop.example/demo/pictures/21238.svg"
