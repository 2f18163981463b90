"""The data map (docs/privacy.md) is what happens: each of its rows is tried, and each table of people has a row."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Model

from checkout_widgets.erasure import erase_customer
from checkout_widgets.models import DataRequest, Delivery, SilencedShopper
from checkout_widgets.store_export import tables_of_stores
from checkout_widgets.tasks import forget_deliveries
from checkout_widgets.visitor_export import person_with_key, tables_of
from experiments.models import Order, Store
from journeys.contact_files.stored_files import forget_files
from journeys.contacts.personal_data import CONTACT_OF
from journeys.contacts.retention import forget_old
from journeys.models import ContactFile, Shipment
from tests import factories
from tests.factories import NOON
from tests.journeys.whole_customer import customer_with_everything

TEXT = "ada.lovelace@shop.example"
MAP = Path(settings.BASE_DIR) / "docs" / "privacy.md"
# Read elsewhere: these rows are of no one customer that an erasure could be asked for.
TESTED_ELSEWHERE = {
    "ProviderDelivery": "tests/journeys/tracking",
    "UnmatchedEvent": "tests/journeys/tracking",
    "SendPointDay": "tests/journeys",  # one row for all of a store's customers, made anew (test_site_caps.py)
    "HeldByShoppers": "tests/checkout_widgets/edge",  # the same (test_held_products.py)
    "ShopperAnswers": "tests/journeys",  # the same (test_site_answers.py)
    "ShopperStages": "tests/journeys/customer_stages",  # the same (test_site.py)
}


class MapRow(NamedTuple):
    """A row of the data map."""

    model: str
    stays: str
    export: str
    erasure: str


def rows() -> dict[str, MapRow]:
    found = {}
    for line in MAP.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 6 and (name := re.fullmatch(r"`(\w+)`", cells[1])):
            found[name[1]] = MapRow(name[1], cells[3], cells[4], cells[5])
    return found


def model_of(name: str) -> type[Model]:
    [model] = [model for model in apps.get_models() if model.__name__ == name]
    return model


def populate(store: Store) -> None:
    """A customer with a row in every table of the map."""
    customer_with_everything(store, "i_77", TEXT, "77")
    order = Order.objects.get(store=store, customer_key="i_77")
    experiment = factories.make_customer_experiment(store)
    factories.make_exposure(experiment.variants.get(key="treatment"), visitor_id="c:i_77")
    shop = factories.make_connection(store)
    Delivery.objects.create(connection=shop, body=TEXT.encode(), received_at=NOON, order_external_id=order.external_id)
    DataRequest.objects.create(store=store, source="shopify", external_id="1", customer_key="i_77", received_at=NOON)
    ContactFile.objects.create(store=store, kind="contacts", uploaded_by="ada", uploaded_at=NOON, key_id="k")


def test_every_table_about_customers_has_a_row():
    models: list[type[Model]] = [*CONTACT_OF, Shipment, ContactFile, SilencedShopper, DataRequest]
    about_customers = {model.__name__ for model in models}
    assert rows().keys() >= about_customers | {"Order", "Exposure", "Delivery", "Suppression"}
    assert rows().keys() - TESTED_ELSEWHERE.keys() <= {model.__name__ for model in tables_of_stores()}
    for folder in TESTED_ELSEWHERE.values():
        assert list((Path(settings.BASE_DIR) / folder).glob("test_*.py")), folder


@pytest.mark.django_db
def test_erasure_does_what_each_row_says():
    store = factories.make_store()
    populate(store)
    before = {name: model_of(name)._default_manager.count() for name in rows()}
    assert {name for name, count in before.items() if not count} <= TESTED_ELSEWHERE.keys()
    erase_customer(store, "77", actor="ada")
    for name, row in rows().items():
        left = model_of(name)._default_manager.count()
        if row.erasure == "deleted":
            assert left == 0, name
        elif name not in TESTED_ELSEWHERE:
            assert re.match(r"(\*\*)?(stays|no)", row.erasure), name
            assert left == before[name], name
    order = Order.objects.get()
    assert (order.customer_id, order.customer_key, order.visitor_id) == ("", "", "")


@pytest.mark.django_db
def test_export_of_the_person_has_what_each_row_says():
    store = factories.make_store()
    populate(store)
    tables = tables_of(store, person_with_key("i_77"))
    for name, row in rows().items():
        written = tables.get(name.lower())
        if row.export == "yes" or row.export.startswith("in full"):
            assert written, name
        else:
            assert row.export.startswith("no"), name
            assert not written, name
    assert tables["address"][0]["address"] == TEXT


def years(number: int) -> int:
    return number * 365


# By the words of the map: after how many days rows are gone, and what deletes them.
STAYS: dict[str, tuple[int, Callable[[Any], None]]] = {
    "three years after the last sign of the customer": (years(3), forget_old),
    "with the contact": (years(3), forget_old),
    "two years": (years(2), forget_old),
    "with their send point": (years(2), forget_old),
    "400 days": (400, forget_old),
    "until the silence ends": (60, forget_old),  # of a ticket that nobody closes
    "until it is imported, a day at most": (1, forget_files),
    "30 days": (30, lambda now: forget_deliveries(0)),
}
WITH_THE_ORDER = {"Shipment"}


@pytest.mark.slow
@pytest.mark.django_db
def test_rows_stay_as_long_as_the_map_says(monkeypatch):
    store = factories.make_store()
    populate(store)
    Delivery.objects.update(status="done")
    for name, row in rows().items():
        if name in TESTED_ELSEWHERE or row.stays == "permanently":
            continue
        if name in WITH_THE_ORDER:
            assert row.stays == "with the order"
            continue
        days, forget = STAYS[row.stays]
        for now, is_there in ((NOON + timedelta(days=days, hours=-1), True), (NOON + timedelta(days=days + 1), False)):
            monkeypatch.setattr("django.utils.timezone.now", lambda now=now: now)
            assert is_left(model_of(name), forget, now) == is_there, (name, now)


def is_left(model: type[Model], forget: Callable[[Any], None], now: datetime) -> bool:
    """Whether rows are there after something was forgotten, which is taken back."""
    with transaction.atomic():
        forget(now)
        left = model._default_manager.exists()
        transaction.set_rollback(True)
    return left
