"""The catalogue from and to a file, and feeds."""

import csv
import io
import json

import pytest

from checkout_widgets.catalogue_files import FileImport, FileOptions, export_products, import_products, read_feed
from checkout_widgets.models import Product
from experiments.tables import BadFile
from tests import factories

pytestmark = pytest.mark.django_db


def load(store, text, **options) -> FileImport:
    return import_products(io.BytesIO(text.encode()), store, FileOptions(**options))


def feed(store, content, **options) -> FileImport:
    text = content if isinstance(content, str) else json.dumps(content)
    return read_feed(io.BytesIO(text.encode()), store, FileOptions(**options))


def test_products_are_made_changed_and_left_alone():
    store = factories.make_store(currency="EUR")
    factories.make_product(store, sku="1", title="Cup", price_minor=100, stock=3)
    factories.make_product(store, sku="2", title="Pot", price_minor=500)
    kept = factories.make_product(factories.make_store(), sku="3", title="Foreign")
    result = load(store, "sku,title,price,stock\n1,Cup,1.00,3\n2,Teapot,5.50,\n3,Plate,2.5,7\n")
    assert (result.created, result.updated, result.unchanged, result.bad_rows) == (1, 1, 1, 0)
    rows = Product.objects.filter(store=store).order_by("sku").values_list("sku", "title", "price_minor", "stock")
    assert list(rows) == [("1", "Cup", 100, 3), ("2", "Teapot", 550, None), ("3", "Plate", 250, 7)]
    kept.refresh_from_db()
    assert kept.title == "Foreign"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",Cup,1", "row 1: sku is empty"),
        ("1,,1", "row 1: title is empty"),
        ("1,Cup,free", "row 1: price 'free' is not a number"),
        ("1,Cup,-1", "row 1: price '-1' is not an amount"),
        ("1,Cup,1.005", "row 1: price '1.005'"),
        ("1,Cup,NaN", "row 1: price 'NaN' is not a number"),
        ("1,Cup,1e40", "row 1: price '1e40'"),
        ("1,Cup", "row 1: has 2 values"),
        ("1,Cup,1\n1,Cup,1", "row 2: sku '1' is also in an earlier row"),
    ],
)
def test_bad_row_is_named_by_its_number_and_nothing_is_imported(row, words):
    store = factories.make_store()
    with pytest.raises(BadFile) as raised:
        load(store, f"sku,title,price\n{row}\n")
    assert words in str(raised.value)
    assert not Product.objects.exists()


def test_good_rows_are_imported_beside_bad_ones_where_asked():
    store = factories.make_store()
    result = load(store, "sku,title,price,is_active\n1,Cup,1,no\n2,Pot,x,\n3,Jug,3,maybe\n", is_skipping_bad_rows=True)
    assert (result.created, result.bad_rows) == (1, 2)
    assert "row 2: price 'x'" in result.error_text()
    assert "row 3: is_active 'maybe'" in result.error_text()
    assert Product.objects.get().is_active is False


@pytest.mark.parametrize("content", ["", "sku,title\n1,Cup\n", "\x00\x01\xff"])
def test_file_that_is_no_catalogue_is_refused(content):
    with pytest.raises(BadFile):
        load(factories.make_store(), content)


def test_exported_products_are_read_back_as_they_were_also_where_a_spreadsheet_would_compute():
    store = factories.make_store(currency="KWD")
    factories.make_product(store, sku="1", title="=1+1", price_minor=1_234, cost_minor=1_000, stock=0, category="-a")
    factories.make_product(store, sku="2", title='Cup, "small"\nblue', is_active=False, external_id="gid-9")
    before = list(Product.objects.order_by("sku").values("sku", "title", "price_minor", "cost_minor", "category"))
    text = io.StringIO()
    assert export_products(text, store) == 2
    assert "'=1+1,1.234,1.000" in text.getvalue()
    result = load(store, text.getvalue())
    assert (result.created, result.updated, result.unchanged) == (0, 0, 2)
    Product.objects.filter(store=store).delete()
    load(store, text.getvalue())
    after = Product.objects.order_by("sku").values("sku", "title", "price_minor", "cost_minor", "category")
    assert list(after) == before


@pytest.mark.parametrize(
    "content",
    [
        "sku,price,stock\n1,2.50,9\n2,,0\nx,1,1\n",
        [{"sku": "1", "price": 2.50, "stock": 9}, {"sku": 2, "stock": 0}, {"sku": "x"}],
    ],
    ids=["csv", "json"],
)
def test_feed_updates_price_and_stock_of_known_products(content):
    store = factories.make_store()
    factories.make_product(store, sku="1", price_minor=100, stock=1)
    factories.make_product(store, sku="2", price_minor=500, stock=4)
    result = feed(store, content)
    assert (result.created, result.updated, result.bad_rows) == (0, 2, 1)
    assert "sku 'x': the store has no such product" in result.error_text()
    rows = Product.objects.order_by("sku").values_list("price_minor", "stock")
    assert list(rows) == [(250, 9), (500, 0)]


@pytest.mark.parametrize(
    "content", ["[1", '{"items": 1,\n"sku": "1"}', "[" * 20_000], ids=["broken", "no list", "deep"]
)
def test_feed_that_is_no_list_is_refused(content):
    with pytest.raises(BadFile):
        feed(factories.make_store(), content)


def test_feed_with_odd_rows_names_them():
    store = factories.make_store()
    factories.make_product(store, sku="1")
    result = feed(store, [1, None, {}, {"sku": "1"}, {"sku": "1", "stock": "many"}, {"sku": "1", "price": None}])
    assert (result.updated, result.bad_rows) == (0, 6)


WHOLE = {
    "title": "Cup",
    "price_minor": 100,
    "cost_minor": 50,
    "stock": 3,
    "category": "Cups",
    "description": "Nice",
    "image_url": "https://shop.example/cup.png",
    "external_id": "77",
    "is_active": False,
}


@pytest.mark.parametrize("content", ["sku,price\n1,2.00\n", '[{"sku": "1", "price": 2}]', "sku;Price\n1;2,00\n"])
def test_what_the_file_has_no_column_for_stays_as_it_is(content):
    product = factories.make_product(factories.make_store(), sku="1", **WHOLE)
    assert load(product.store, content).updated == 1
    assert Product.objects.filter(sku="1").values(*WHOLE).get() == WHOLE | {"price_minor": 200}


def test_empty_cells_clear_what_may_be_empty_and_switch_nothing_on():
    product = factories.make_product(factories.make_store(), sku="1", **WHOLE)
    header = "sku,title,price,cost,stock,category,description,image_url,external_id,is_active"
    load(product.store, f"{header}\n1,Cup,1,,,,,,,\n")
    cleared = {"cost_minor": None, "stock": None} | dict.fromkeys(
        ("category", "description", "image_url", "external_id"), ""
    )
    assert Product.objects.filter(sku="1").values(*WHOLE).get() == WHOLE | cleared


def test_rows_that_say_different_things_change_only_these():
    store = factories.make_store()
    for sku in ("1", "2"):
        factories.make_product(store, sku=sku, price_minor=100, stock=5)
    load(store, '[{"sku": "1", "price": 2}, {"sku": "2", "stock": null}]')
    assert list(Product.objects.order_by("sku").values_list("price_minor", "stock")) == [(200, 5), (100, None)]


def test_new_product_needs_title_and_price():
    store = factories.make_store()
    with pytest.raises(BadFile, match="row 1: sku '1' is new, and a new product needs a price: add that column"):
        load(store, "sku,title\n1,Cup\n")
    with pytest.raises(BadFile, match="The column 'price' appears twice"):
        load(store, "sku,title,price,price\n1,Cup,1,2\n")


def test_every_text_is_guarded_against_formulas_and_comes_back():
    store = factories.make_store()
    factories.make_product(store, sku="=1+1", title="'=2", category="@x", external_id="-7", description="''+")
    before = Product.objects.values("sku", "title", "category", "external_id", "description").get()
    text = io.StringIO()
    export_products(text, store)
    assert "'=1+1,''=2," in text.getvalue()
    Product.objects.all().delete()
    load(store, text.getvalue())
    assert Product.objects.values("sku", "title", "category", "external_id", "description").get() == before


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\uff1d1+1", "\uff0b1", "'=1", "''=1"])
def test_no_cell_of_an_export_begins_a_formula(formula):
    store = factories.make_store()
    factories.make_product(store, sku="1", title=formula, category=formula, description=f"{formula}\nmore")
    file = io.StringIO(newline="")
    export_products(file, store)
    cells = [cell for row in csv.reader(io.StringIO(file.getvalue(), newline="")) for cell in row]
    assert [cell for cell in cells if cell[:1] in set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")] == []
    assert load(store, file.getvalue()).unchanged == 1
