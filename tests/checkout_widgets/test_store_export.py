"""What is exported is all of the store's data, or all of the visitor's, and no secret."""

import csv
import io
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import CASCADE, RESTRICT, Model

from checkout_widgets.models import Acceptance, Delivery, NextWidget, OfferItem, Widget
from checkout_widgets.store_export import tables_of_stores
from experiments.accounting.funnel_changes import add_up_changes
from experiments.accounting.order_data import OrderData
from experiments.accounting.orders import record_order
from experiments.customer_keys import address_digest, guest_key
from experiments.models import AuditEntry, ChosenMetric, Order, OrderLine, Store
from journeys.contacts.personal_data import CONTACT_OF
from journeys.models import (
    Contact,
    ContactRetention,
    Journey,
    JourneyStep,
    JourneyVersion,
    Sender,
    Shipment,
    Suppression,
)
from tests import factories
from tests.checkout_widgets.traces import leave_traces
from tests.factories import NOON
from tests.journeys.whole_customer import customer_with_everything

OUR_APPS = ("experiments", "checkout_widgets", "journeys", "dashboard")
VISITOR_FILES = {
    "exposure.csv": 1,
    "customoutcome.csv": 0,
    "widgetevent.csv": 1,
    "funnelvisitor.csv": 1,
    "acceptance.csv": 1,
    "orderclaim.csv": 1,
    "customersighting.csv": 1,
    "trialorder.csv": 1,
    "confirmationanswer.csv": 1,
    "heldproduct.csv": 1,
    "order.csv": 2,
    "orderline.csv": 1,
    "refund.csv": 0,
    "delivery.csv": 1,
    "longoutcome.csv": 0,
}
# By their variants, its own store, its offer, its test.
TAKEN_ALONG = (Widget, NextWidget, Acceptance, OfferItem, ChosenMetric)
ABOUT_CUSTOMERS: list[type[Model]] = [*CONTACT_OF, Shipment]
CUSTOMER_FILES = VISITOR_FILES | {"customeralias.csv": 0, "datarequest.csv": 0}
CUSTOMER_FILES |= {f"{model._meta.model_name}.csv": 0 for model in ABOUT_CUSTOMERS}
TEXT = "ada.lovelace@shop.example"


@pytest.fixture
def store(transactional_db: None) -> Store:
    store = factories.make_store(slug="tea", name="Tea, cups", secret_key="sk_hidden_0123456789abcdef")
    leave_traces(store, "v_1")
    leave_traces(store, "v_2")
    leave_traces(factories.make_store(slug="coffee"), "v_1")
    add_up_changes()
    return store


def read(file: Path) -> dict[str, list[dict[str, str]]]:
    with ZipFile(file) as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))
            for name in archive.namelist()
        }


@pytest.mark.slow
def test_export_store_has_every_table_and_only_its_own_rows(store, tmp_path, capsys):
    file = tmp_path / "tea.zip"
    call_command("export_store", "tea", str(file))
    tables = read(file)
    assert [row["name"] for row in tables["store.csv"]] == ["Tea, cups"]
    assert sorted(row["visitor_id"] for row in tables["exposure.csv"]) == ["v_1", "v_2"]
    assert {row["store_id"] for name in ("order.csv", "offer.csv") for row in tables[name]} == {str(store.pk)}
    assert tables["delivery.csv"][0]["body"] == '{"visitor": "v_1"}'
    assert tables["orderline.csv"][0]["price_minor"] == "5000"
    rows = sum(map(len, tables.values()))
    assert f"Wrote {rows:,} rows" in capsys.readouterr().out
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.detail) == ("export_store", {"rows": rows})


@pytest.mark.slow
def test_export_store_holds_no_secret_and_is_the_owners_alone(store, tmp_path):
    file = tmp_path / "tea.zip"
    call_command("export_store", "tea", str(file))
    assert file.stat().st_mode & 0o077 == 0
    with ZipFile(file) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"sk_hidden" not in everything
    assert b"test-secret-not-real" not in everything
    assert store.site_key.encode() in everything


def test_export_store_of_a_visitor_has_that_visitor_alone(store, tmp_path):
    file = tmp_path / "v_1.zip"
    call_command("export_store", "tea", str(file), "--visitor", "v_1")
    assert {name: len(rows) for name, rows in read(file).items()} == VISITOR_FILES
    with ZipFile(file) as archive:
        assert all(b"v_2" not in archive.read(name) for name in archive.namelist())
    assert "visitor_sha256" in AuditEntry.objects.get().detail


def orders_at(store: Store, visitor_id: str, customer_id: str, minutes: int) -> str:
    at = NOON + timedelta(minutes=minutes)
    number = f"at {minutes}"
    data = OrderData(number, at, at, "EUR", (), 0, 0, visitor_id=visitor_id, customer_id=customer_id)
    record_order(store, data)
    body = f"{customer_id} {number}".encode()
    shop = store.connections.get()
    Delivery.objects.create(connection=shop, body=body, received_at=NOON, order_external_id=number)
    return number


@pytest.mark.slow
def test_export_store_of_a_customer_has_every_browser_and_orders_without_one(store, tmp_path, capsys):
    """Seen as v_1, ordered as another, and by the telephone as none."""
    ordered, by_telephone = orders_at(store, "v_ordered", "c_v_1", 1), orders_at(store, "", "c_v_1", 2)
    orders_at(factories.make_connection(factories.make_store()).store, "", "c_v_1", 3)
    file = tmp_path / "c.zip"
    call_command("export_store", "tea", str(file), "--customer", "c_v_1")
    tables = read(file)
    counts = {name: len(rows) for name, rows in tables.items()}
    assert counts == CUSTOMER_FILES | {"order.csv": 4, "delivery.csv": 3}
    assert {row["external_id"] for row in tables["order.csv"]} >= {ordered, by_telephone}
    assert {row["visitor_id"] for row in tables["order.csv"]} == {"v_1", "v_ordered", ""}
    with ZipFile(file) as archive:
        assert all(b"v_2" not in archive.read(name) for name in archive.namelist())
    entry = AuditEntry.objects.get()
    assert entry.detail == {"rows": sum(counts.values()), "customer_sha256": sha256(b"c_v_1").hexdigest()}
    assert "Other customers" not in capsys.readouterr().out


@pytest.mark.slow
def test_export_store_of_a_customer_tells_nothing_of_another_who_used_the_browser(store, tmp_path, capsys):
    """Logged in on the browser of another, and ordered there once."""
    own = orders_at(store, "v_1", "c_guest", 1)
    accepted = Acceptance.objects.filter(store=store, visitor_id="v_1").get()
    order = Order.objects.get(external_id=own)
    OrderLine.objects.create(order=order, position=0, sku="a", quantity=1, price_minor=1, acceptance_id=accepted.jti)
    file = tmp_path / "c.zip"
    call_command("export_store", "tea", str(file), "--customer", "c_guest")
    tables = read(file)
    filled = {name for name, rows in tables.items() if rows}
    assert filled == {"order.csv", "orderline.csv", "delivery.csv", "acceptance.csv"}
    assert [row["external_id"] for row in tables["order.csv"]] == [own]
    assert [row["body"] for row in tables["delivery.csv"]] == [f"c_guest {own}"]
    assert [row["jti"] for row in tables["acceptance.csv"]] == [str(accepted.jti)]
    with ZipFile(file) as archive:
        assert all(b"c_v_1" not in archive.read(name) for name in archive.namelist())
    assert "used 1 of the customer's 1 browsers, too" in capsys.readouterr().out


@pytest.mark.slow
def test_export_store_of_an_unknown_customer_has_no_rows(store, tmp_path):
    file = tmp_path / "c.zip"
    call_command("export_store", "tea", str(file), "--customer", "c_nobody")
    assert set(map(len, read(file).values())) == {0}
    assert read(file).keys() == CUSTOMER_FILES.keys()


def test_export_store_of_a_visitor_and_a_customer_at_once_is_refused(store, tmp_path):
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("export_store", "tea", str(tmp_path / "c.zip"), "--customer", "c_v_1", "--visitor", "v_1")


def test_export_store_never_writes_over_a_file(store, tmp_path):
    (tmp_path / "tea.zip").write_text("mine")
    with pytest.raises(CommandError, match="File exists"):
        call_command("export_store", "tea", str(tmp_path / "tea.zip"))
    assert (tmp_path / "tea.zip").read_text() == "mine"


def test_export_store_that_fails_leaves_no_half_file(store, tmp_path, monkeypatch):
    monkeypatch.setattr("checkout_widgets.store_export.write_table", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        call_command("export_store", "tea", str(tmp_path / "tea.zip"))
    assert not (tmp_path / "tea.zip").exists()
    assert connection.is_usable()


def test_every_table_of_a_store_is_exported():
    ours = [model for name in OUR_APPS for model in apps.get_app_config(name).get_models()]
    left_out = {model.__name__ for model in ours} - {model.__name__ for model in tables_of_stores()}
    sums_of_exported_rows = {"ExposureDay", "FunnelDay", "RefusedTokens", "TouchedDay", "SaleChange", "ShownUntil"}
    sums_of_exported_rows |= {"CustomMetricDay", "CovariateDay", "LongOutcomeDay"}
    sums_of_exported_rows |= {"ProductPair", "PairLists", "PairsCount"}
    sums_of_exported_rows |= {"CustomerFigures", "ReplenishmentTime"}
    notes_of_exported_events = {"FunnelChange", "UncountedEvents"}  # for half a minute; for an upgrade
    # Where they are; what is erased and nobody may read; what is said of some of them for messages.
    notes_of_exported_events |= {"EventBatch", "EventErasure", "MovedDecline"}
    of_members = {"Invitation", "Passkey", "PasswordRequest", "SignInRequest", "SignOnLink", "SignOnRefusal"}
    of_members |= {"PersonLanguage"}
    assert left_out == {
        *("Membership", "ConfigurationVersion", "StoreVersion", "PricesRead", "SendingSwitch"),
        *sums_of_exported_rows,
        *notes_of_exported_events,
        *of_members,
        *("ProviderDelivery", "UnmatchedEvent"),  # of all stores, until they are read
        *("ShareLink", "ChosenShop"),  # keys that open a report; how a page is shown
    }


def test_every_table_of_a_store_goes_with_the_store():
    """By each step of the path from a table to its store: no row may hold the store back, or stay without it."""
    for table, path in tables_of_stores().items():
        model: Any = table
        while model is not Store:
            step, _, path = path.partition("__")
            field = model._meta.get_field(step)
            # Held back only from being deleted alone: it has another way to the store, which takes it along.
            allowed = (CASCADE, RESTRICT) if model in TAKEN_ALONG else (CASCADE,)
            assert field.remote_field.on_delete in allowed, (model, step)
            model = field.related_model


@pytest.mark.slow
def test_deleted_store_takes_its_customers_along_and_those_of_another_stay(store):
    other = factories.make_store()
    for of_store in (store, other):
        customer_with_everything(of_store, "i_77", TEXT, "77")
        Sender.objects.create(store=of_store)
        ContactRetention.objects.create(store=of_store)
    of_journeys = [*apps.get_app_config("journeys").get_models()]
    before = {model: model._default_manager.count() for model in of_journeys}
    store.delete()
    left = {model: model._default_manager.count() for model in of_journeys}
    assert left == {model: count // 2 for model, count in before.items()}
    assert set(Contact.objects.values_list("store", flat=True)) == {other.pk}


@pytest.mark.slow
def test_export_store_has_its_journeys_and_no_address(store, tmp_path):
    customer_with_everything(store, "i_77", TEXT, "77")
    customer_with_everything(factories.make_store(), "i_77", TEXT, "77")
    call_command("export_store", "tea", str(tmp_path / "tea.zip"))
    tables = read(tmp_path / "tea.zip")
    models: list[type[Model]] = [*ABOUT_CUSTOMERS, Journey, JourneyVersion, JourneyStep, Suppression]
    for model in models:
        assert len(tables[f"{model._meta.model_name}.csv"]) == 1, model
    assert "value" not in tables["address.csv"][0]
    assert "lovelace" not in str(tables)


@pytest.mark.slow
@pytest.mark.parametrize("key", ["i_77", "guest"])
def test_export_store_by_address_has_all_of_whoever_has_it_and_the_address(store, tmp_path, monkeypatch, key):
    key = guest_key(store.pk, TEXT) if key == "guest" else key
    customer_with_everything(store, key, TEXT, "77" if key == "i_77" else "")
    customer_with_everything(store, "i_78", "other@shop.example", "78")
    # From the standard input, so that the address is in nobody's shell history.
    monkeypatch.setattr("builtins.input", lambda: f" {TEXT.title()} ")
    call_command("export_store", "tea", str(tmp_path / "a.zip"), "--address", "-")
    tables = read(tmp_path / "a.zip")
    assert {len(tables[f"{model._meta.model_name}.csv"]) for model in ABOUT_CUSTOMERS} == {1}
    assert tables["address.csv"][0]["address"] == TEXT
    assert "other@shop.example" not in str(tables)
    assert AuditEntry.objects.get().detail == {
        "rows": sum(map(len, tables.values())),
        "address_digest": address_digest(store.pk, TEXT),
    }


def test_export_store_by_what_is_no_address_is_refused(store, tmp_path):
    with pytest.raises(CommandError, match="must be an email address"):
        call_command("export_store", "tea", str(tmp_path / "a.zip"), "--address", "ada")
    assert not (tmp_path / "a.zip").exists()


@pytest.mark.slow
def test_export_store_has_its_holdout(store, tmp_path):
    holdout = factories.make_holdout(store)
    factories.make_exposure(holdout.variants.get(key="held-out"))
    file = tmp_path / "tea.zip"
    call_command("export_store", "tea", str(file))
    tables = read(file)
    assert [row["source"] for row in tables["experiment.csv"]].count("holdout") == 1
    assert str(holdout.pk) in {row["experiment_id"] for row in tables["variant.csv"]}
    assert str(holdout.pk) in {row["experiment_id"] for row in tables["exposure.csv"]}
