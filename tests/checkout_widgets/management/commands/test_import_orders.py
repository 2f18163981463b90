"""``import_orders`` brings in what is good, once, and says what isn't."""

import gzip
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from experiments.accounting.order_data import LineData, OrderData
from experiments.accounting.orders import record_order
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
    assert said == "2 orders: 2 new, 0 known already, 0 of them in a newer version, which stays.\n"
    exposure.refresh_from_db()
    assert (exposure.orders, exposure.revenue_minor, exposure.items) == (1, 1800, 3)
    before = list(Order.objects.order_by("pk").values())
    assert "0 new, 2 known already" in run(ROWS, name=name)
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
    assert "1 new, 1 known already, 1 of them in a newer version" in run(ROWS)
    assert Order.objects.get(external_id="1").subtotal_minor == 100


def test_import_orders_bad_row_stops_everything_unless_skipped(store, run):
    rows = [*ROWS, "2,,,CUP,none,9.00", "3,2026-11-02T13:00:00Z,,TEA,1,4.50"]
    with pytest.raises(CommandError, match=r"1 row is bad[\s\S]*row 4: quantity 'none' is not a number"):
        run(rows)
    assert not Order.objects.exists()
    said = run(rows, "--skip-bad-rows")
    assert "Bad rows, whose orders were left out: 1\n  row 4: quantity 'none'" in said
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
    with pytest.raises(CommandError, match=r"Cannot read nowhere\.csv: No such file"):
        call_command("import_orders", "nowhere.csv", "--store", "shop")
