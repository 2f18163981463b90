"""``import_orders`` brings in what is good, once, and says what isn't."""

import gzip
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from experiments import who_ordered
from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.accounting.orders import record_order
from experiments.customer_keys import guest_key
from experiments.models import Order, OrderLine, Store
from tests import factories
from tests.factories import NOON

ROWS = [
    "order_id,placed_at,visitor_id,sku,quantity,price",
    "1,2026-11-02T13:00:00Z,v_1,TEA,2,4.50",
    "1,,,CUP,1,9.00",
    "2,2026-11-02T13:00:00Z,,TEA,1,4.50",
]


@pytest.fixture
def store(db: None) -> Store:
    return factories.make_store(slug="shop")


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    def run(rows: list[str], *options: str, name: str = "orders.csv") -> str:
        data = "\n".join(rows).encode()
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        call_command("import_orders", str(tmp_path / name), "--store", "shop", *options)
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize("name", ["orders.csv", "orders.csv.gz"])
def test_import_orders_fills_outcomes_and_changes_nothing_the_second_time(store, run, name):
    exposure = factories.make_exposure(
        factories.make_experiment(store).variants.get(key="treatment"), visitor_id="v_1", exposed_at=NOON
    )
    said = run(ROWS, name=name)
    assert said == "2 orders: 2 new, 0 already stored.\n"
    exposure.refresh_from_db()
    assert (exposure.orders, exposure.revenue_minor, exposure.items) == (1, 1800, 3)
    before = list(Order.objects.order_by("pk").values())
    assert "0 new, 2 already stored" in run(ROWS, name=name)
    assert list(Order.objects.order_by("pk").values()) == before
    assert {order.source for order in Order.objects.all()} == {"import"}


def test_import_orders_costs_come_from_the_catalogue(store, run):
    factories.make_product(store, sku="TEA", cost_minor=150)
    run(ROWS)
    rows = OrderLine.objects.order_by("order__external_id", "position").values_list("sku", "cost_minor")
    assert list(rows) == [("TEA", 150), ("CUP", None), ("TEA", 150)]


def test_import_orders_version_of_a_webhook_that_is_newer_stays(store, run):
    lines = (LineData("TEA", 1, 100),)
    record_order(store, OrderData("1", NOON, NOON.replace(day=9), "EUR", lines, 100, 100), source="shopify")
    said = run(ROWS)
    assert "1 new, 1 already stored" in said
    assert "Ignored, because a newer version is stored: 1" in said
    assert Order.objects.get(external_id="1").subtotal_minor == 100


def test_import_orders_bad_row_stops_everything_unless_skipped(store, run):
    rows = [*ROWS, "2,,,CUP,none,9.00", "3,2026-11-02T13:00:00Z,,TEA,1,4.50"]
    with pytest.raises(CommandError, match=r"1 row has an error[\s\S]*row 4: quantity 'none' is not a number"):
        run(rows)
    assert not Order.objects.exists()
    said = run(rows, "--skip-bad-rows")
    assert "Bad rows, whose orders were not imported: 1\n  row 4: quantity 'none'" in said
    assert set(Order.objects.values_list("external_id", flat=True)) == {"1", "3"}


def test_import_orders_columns_may_have_other_names(store, run):
    rows = [ROWS[0].replace("order_id", "Id"), *ROWS[1:]]
    run(rows, "--column", "order_id=Id")
    assert Order.objects.count() == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [(["--column", "order_id"], "must be NAME=HEADER"), (["--store", "other"], "There is no store 'other'")],
)
def test_import_orders_what_cannot_be_done_is_said(store, run, options, message):
    with pytest.raises(CommandError, match=message):
        run(ROWS, *options)


def test_import_orders_missing_file_is_said(store):
    with pytest.raises(CommandError, match=r"Can't read nowhere\.csv: No such file"):
        call_command("import_orders", "nowhere.csv", "--store", "shop")


def test_import_orders_what_the_file_has_no_column_for_stays_as_it_is(store, run):
    lines = (LineData("TEA", 2, 450, "cart-test", 50), LineData("CUP", 1, 900))
    refund = RefundData("r1", 300, NOON, ({"sku": "CUP", "quantity": 1},))
    known = OrderData(
        *("1", NOON, NOON, "EUR", lines, 1800, 2250, "v_1"),
        status="cancelled",
        discount_minor=50,
        tax_minor=100,
        shipping_minor=400,
        refunds=(refund,),
    )
    record_order(store, known, source="api")
    run(ROWS)
    order = Order.objects.get(external_id="1")
    assert (order.source, order.status, order.visitor_id) == ("import", "cancelled", "v_1")
    assert (order.discount_minor, order.tax_minor, order.shipping_minor) == (50, 100, 400)
    assert order.total_minor == 1800 - 50 + 100 + 400
    assert list(order.refunds.values_list("external_id", "amount_minor")) == [("r1", 300)]
    assert list(order.lines.values_list("sku", "experiment_key", "discount_minor")) == [
        ("TEA", "cart-test", 50),
        ("CUP", "", 0),
    ]


def test_import_orders_columns_that_are_there_change_what_is_known(store, run):
    known = OrderData("1", NOON, NOON, "EUR", (LineData("TEA", 1, 450),), 450, 450, status="cancelled", tax_minor=9)
    record_order(store, known, source="api")
    run(["order_id,placed_at,sku,quantity,price,status,tax", "1,2026-11-02T13:00:00Z,TEA,1,4.50,paid,"])
    assert Order.objects.values_list("status", "tax_minor").get() == ("paid", 0)


def test_import_orders_says_how_it_read_the_file(store, run):
    said = run(["sep=;", "Order ID;Placed at;SKU;Quantity;Price", "1;2026-11-02;TEA;2;4,50"])
    assert "The file's columns are separated by semicolons; the decimal sign is a comma." in said
    assert Order.objects.get().subtotal_minor == 900


def test_import_orders_hashes_addresses_hands_them_on_and_keeps_a_known_customers_key(store, run, monkeypatch):
    told = []
    monkeypatch.setattr(who_ordered, "listeners", [lambda *of_store: told.append(of_store)])
    lines = (LineData("TEA", 1, 450),)
    record_order(store, OrderData("2", NOON, NOON, "EUR", lines, 450, 450, customer_id="77"), source="shopify")
    run(
        [
            "order_id,placed_at,email,sku,quantity,price",
            "1,2026-11-02T13:00:00Z,ada@shop.example,TEA,2,4.50",
            "2,2026-11-02T13:00:00Z,Ada@shop.example,TEA,1,4.50",
            "3,2026-11-02T13:00:00Z,,TEA,1,4.50",
        ]
    )
    keys = dict(Order.objects.values_list("external_id", "customer_key"))
    assert keys == {"1": guest_key(store.pk, "ada@shop.example"), "2": "i_77", "3": ""}
    [(store_id, ordered, source)] = told
    assert (store_id, source, [who.external_id for who in ordered]) == (store.pk, "import", ["1", "2"])
