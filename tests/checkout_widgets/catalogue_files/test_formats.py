"""Catalogues as Shopify, WooCommerce and Google Merchant Center write them; values worked out by hand."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from checkout_widgets.catalogue_files import FileOptions, import_products, read_feed
from checkout_widgets.models import Product
from experiments.models import Store
from experiments.tables import BadFile
from tests import factories

pytestmark = pytest.mark.django_db
FIELDS = ("sku", "title", "price_minor", "cost_minor", "stock", "category", "external_id", "is_active")


@pytest.fixture
def store() -> Store:
    return factories.make_store(slug="shop", currency="EUR")


def load(store: Store, content: str, **options) -> list[tuple[Any, ...]]:
    result = import_products(io.BytesIO(content.encode()), store, FileOptions(**options))
    assert result.bad_rows == 0
    return list(Product.objects.filter(store=store).order_by("pk").values_list(*FIELDS))


SHOPIFY = """\
Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Option2 Value,Variant SKU,Variant Inventory \
Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Image Src,Variant Image,Cost per item,Status
mug,Mug,"<p>Holds&nbsp;tea.</p><p>Blue</p>",Acme,Kitchen,true,Color,Blue,Large,MUG-BL,shopify,-3,deny,12.50,\
https://shop.example/mug.png,,4.10,active
mug,,,,,,,Red,Small,MUG-RS,shopify,7,continue,11.00,,https://shop.example/red.png,,
mug,,,,,,,,,,,,,,https://shop.example/other.png,,,
card,Card,,Acme,,true,Title,Default Title,,CARD,,,deny,2.00,,,,draft
"""


def test_shopify_export_has_a_product_for_each_variant(store):
    assert load(store, SHOPIFY) == [
        ("MUG-BL", "Mug - Blue / Large", 1250, 410, 0, "Kitchen", "", True),
        ("MUG-RS", "Mug - Red / Small", 1100, None, None, "Kitchen", "", True),
        ("CARD", "Card", 200, None, None, "", "", False),
    ]
    blue, red = Product.objects.order_by("pk")[:2]
    assert (blue.description, blue.image_url) == ("Holds tea. Blue", "https://shop.example/mug.png")
    assert (red.description, red.image_url) == ("Holds tea. Blue", "https://shop.example/red.png")


def test_shopify_export_with_the_new_header(store):
    content = (
        "Title,URL handle,Description,Type,Published on online store,Status,SKU,Option1 value,Price,Cost per item,"
        "Inventory tracker,Inventory quantity,Continue selling when out of stock,Product image URL\n"
        "Mug,mug,Nice,Kitchen,TRUE,Active,MUG-B,Blue,12.50,4,shopify,5,DENY,\n"
        ",mug,,,,,MUG-R,Red,11,,shopify,0,DENY,\n"
    )
    assert load(store, content) == [
        ("MUG-B", "Mug - Blue", 1250, 400, 5, "Kitchen", "", True),
        ("MUG-R", "Mug - Red", 1100, None, 0, "Kitchen", "", True),
    ]


def test_shopify_export_without_quantities_leaves_the_stock_alone(store):
    factories.make_product(store, sku="MUG-BL", stock=4)
    rows = [line.split(",") for line in SHOPIFY.splitlines()]
    at = rows[0].index("Variant Inventory Qty")
    content = "\n".join(",".join(row[:at] + row[at + 1 :]) for row in rows)
    assert load(store, content)[0][4] == 4


def test_products_json_of_a_shop_has_a_product_for_each_variant(store):
    product = {
        "id": 1,
        "title": "Mug",
        "body_html": "<b>Nice</b>",
        "product_type": "Kitchen",
        "variants": [
            {"id": 11, "title": "Blue", "sku": "MUG-B", "price": "12.50", "available": False},
            {"id": 12, "title": "Red", "sku": "MUG-R", "price": "11.00", "available": True},
        ],
        "images": [{"src": "https://shop.example/mug.png"}],
    }
    assert load(store, json.dumps({"products": [product]})) == [
        ("MUG-B", "Mug - Blue", 1250, None, 0, "Kitchen", "11", True),
        ("MUG-R", "Mug - Red", 1100, None, None, "Kitchen", "12", True),
    ]


WOOCOMMERCE = """\
ID,Type,SKU,Name,Published,Short description,Description,Date sale price starts,Date sale price ends,In stock?,Stock,\
Backorders allowed?,Sale price,Regular price,Categories,Images,Parent
44,variable,hoodie,Hoodie,1,,"<p>Warm.</p>",,,1,9,0,,,"Clothing > Hoodies, Sale",\
"https://shop.example/a.png, https://shop.example/b.png",
45,variation,hoodie-b,"Hoodie - Blue",1,,,,,1,parent,0,,45,,,id:44
46,variation,hoodie-r,"Hoodie - Red",0,,,,,1,,0,,45,,,hoodie
47,"simple, virtual",'-gift,Gift &amp; card,-1,,,,,1,,0,8,10,,,
48,simple,cap,Cap,1,"<p>A</p>\\n\\n<p>5"" wide</p>",,2020-01-01 0:00:00,2020-02-01 0:00:00,1,-2,0,8,10,,,
49,simple,tee,Tee,1,,,,,1,-2,notify,,10,,,
50,grouped,set,Set,1,,,,,1,,0,,,,,
"""


def test_woocommerce_export_has_what_can_be_bought(store):
    assert load(store, WOOCOMMERCE) == [
        ("hoodie-b", "Hoodie - Blue", 4500, None, 9, "Clothing > Hoodies", "45", True),
        ("hoodie-r", "Hoodie - Red", 4500, None, 9, "Clothing > Hoodies", "46", False),
        ("-gift", "Gift & card", 800, None, None, "", "47", False),
        ("cap", "Cap", 1000, None, 0, "", "48", True),
        ("tee", "Tee", 1000, None, None, "", "49", True),
    ]
    assert set(Product.objects.filter(sku__startswith="hoodie").values_list("image_url", "description")) == {
        ("https://shop.example/a.png", "Warm.")
    }
    assert Product.objects.get(sku="cap").description == 'A 5" wide'


def test_woocommerce_export_with_decimal_commas_is_refused_until_that_is_said(store):
    content = 'ID,Type,SKU,Name,Regular price\n1,simple,cap,Cap,"9,90"\n'
    with pytest.raises(
        BadFile, match=r"row 1: Regular price '9,90' has a decimal comma.*set the decimal sign to a comma"
    ):
        load(store, content)
    assert load(store, content, decimal=",")[0][2] == 990


def test_google_feed_by_tabs(store):
    content = (
        "id\ttitle\tdescription\tlink\timage link\tavailability\tprice\tsale_price\tsale price effective date\t"
        "product type\n"
        'CUP\tCup 5" wide\tNice\thttps://s.example/1\thttps://s.example/1.png\tin_stock\t9.90 EUR\t\t\tHome > Cups\n'
        f"POT\tPot\t\t\t\tout of stock\tEUR 20\t15.00 EUR\t{window(-1, 1)}\t\n"
        f"JUG\tJug\t\t\t\tin stock\t20.00 EUR\t15.00 EUR\t{window(-3, -1)}\t\n"
    )
    assert load(store, content) == [
        ("CUP", 'Cup 5" wide', 990, None, None, "Cups", "", True),
        ("POT", "Pot", 1500, None, 0, "", "", True),
        ("JUG", "Jug", 2000, None, None, "", "", True),
    ]


def window(first: int, last: int) -> str:
    now = timezone.now()
    return "/".join((now + timedelta(days=days)).isoformat(timespec="minutes") for days in (first, last))


GOOGLE_XML = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>
<item><g:id>CUP</g:id><title>Cup</title><g:price>9.90 EUR</g:price><g:availability>in stock</g:availability></item>
<item><g:id>POT</g:id><title>Pot</title><g:price>20.00 USD</g:price><g:availability>in stock</g:availability></item>
<item><g:id>JUG</g:id><title>Jug</title><g:price>9.90 EUR</g:price><g:availability>often</g:availability></item>
</channel></rss>
"""


def test_google_feed_in_xml_and_its_bad_rows(store):
    result = import_products(io.BytesIO(GOOGLE_XML.encode()), store, FileOptions(is_skipping_bad_rows=True))
    assert (result.created, result.bad_rows) == (1, 2)
    assert result.errors == [
        "row 2: price '20.00 USD' is in USD, and the store sells in EUR: export the feed in EUR",
        "row 3: availability 'often' is not one of in_stock, out_of_stock, backorder, preorder",
    ]
    assert result.notes == ["The file was read as a feed for Google Merchant Center."]


def test_in_stock_again_ends_only_a_stock_of_none(store):
    for sku, stock in (("CUP", 0), ("POT", 5), ("JUG", None)):
        factories.make_product(store, sku=sku, stock=stock)
    content = "id\ttitle\tprice\tavailability\n" + "".join(
        f"{sku}\tX\t1 EUR\tin_stock\n" for sku in ("CUP", "POT", "JUG")
    )
    load(store, content)
    assert dict(Product.objects.values_list("sku", "stock")) == {"CUP": None, "POT": 5, "JUG": None}


@pytest.mark.parametrize(
    "content",
    [
        '{"sku": "1", "title": "Cup", "price": "2.00"}\n{"sku": "2", "title": "Pot", "price": 3}\n',
        '{"products": [{"sku": "1", "title": "Cup", "price": 2}, {"sku": "2", "title": "Pot", "price": 3.0}]}',
        "SKU; Title ;Price\n1;Cup;2,00\n2;Pot;3\n",
        "sep=;\nsku;title;price\n1;Cup;2,0000\n;;\n2;Pot;3\n",
    ],
    ids=["JSON Lines", "products", "semicolons", "sep"],
)
def test_other_forms_of_our_own_columns(store, content):
    assert [row[:3] for row in load(store, content)] == [("1", "Cup", 200), ("2", "Pot", 300)]


def test_xml_of_another_kind_and_a_list_in_place_of_a_price_are_refused(store):
    with pytest.raises(BadFile, match="isn't a Google Merchant Center feed"):
        load(store, "<rss><channel><item><title>Post</title></item></channel></rss>")
    with pytest.raises(BadFile, match="row 1: price is a list or an object"):
        load(store, '[{"sku": "1", "title": "Cup", "price": {"amount": 2}}]')


def test_command_takes_columns_and_the_decimal_sign(store, tmp_path, capsys):
    file = tmp_path / "articles.csv"
    file.write_text('Article No.,Text,Net Price\n1,Cup,"9,90"\n')
    columns = ["--column=sku=Article No.", "--column=title=text", "--column=price=NET price"]
    call_command("import_products", file, "--store=shop", "--decimal=comma", *columns)
    assert "1 new" in capsys.readouterr().out
    assert Product.objects.get().price_minor == 990
    with pytest.raises(CommandError, match="The file has no column 'Nummer'"):
        call_command("import_products", file, "--store=shop", "--column=sku=Nummer")
    with pytest.raises(CommandError, match="There is no column 'article' to name"):
        call_command("import_products", file, "--store=shop", "--column=article=Text")


def test_feed_with_a_bad_row_updates_the_others_by_command_and_says_so_where_none_is_good(store, tmp_path, capsys):
    factories.make_product(store, sku="1", price_minor=100, stock=1)
    file = tmp_path / "feed.csv"
    file.write_text("sku,price,stock\n1,2.00,-4\n9,1,1\n1_0,x\n")
    call_command("import_products", file, "--store=shop", "--kind=feed")
    assert "1 changed, 0 unchanged, 2 with errors." in capsys.readouterr().out
    assert Product.objects.values_list("price_minor", "stock").get() == (200, 0)
    file.write_text("sku,price\n9,1\n")
    with pytest.raises(CommandError, match="every row has an error"):
        call_command("import_products", file, "--store=shop", "--kind=feed")


def test_feed_reads_what_shops_export(store):
    factories.make_product(store, sku="CUP", title="Own words", price_minor=1)
    result = read_feed(io.BytesIO(GOOGLE_XML.encode()), store)
    assert (result.updated, result.bad_rows) == (1, 2)
    assert Product.objects.values_list("title", "price_minor").get() == ("Own words", 990)
