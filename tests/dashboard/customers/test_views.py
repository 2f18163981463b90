"""The page of customers: from stored figures alone, for members of the store."""

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from experiments.models import Role, Store
from tests import factories
from tests.customer_figures import make_figures, store_figures, store_replenishment

pytestmark = pytest.mark.django_db
URL = "/customers/?store=tea"


@pytest.fixture
def store() -> Store:
    return factories.make_store(slug="tea", name="Tea shop")


def client_of(store: Store, role: str = Role.VIEWER) -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role))
    return client


def text(client: Client, url: str = URL) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_page_shows_every_part_with_its_counts(store):
    store_figures(store, timezone.now())
    store_replenishment(store, factories.make_product(store, sku="tea", title="Green tea"))
    page = text(client_of(store))
    assert "1,234 customers, of whom 345 ordered again" in page
    assert "67 orders name no customer" in page
    assert '25.0%<span class="sub">of 1,000</span>' in page  # who came back within 30 days
    assert '25.0%<span class="sub">of 200</span>' in page  # of the younger month's 234
    assert "€90.00" in page  # what a customer of September has spent
    assert "€40.00 to €60.00" in page  # and will
    assert "€40,000 to €60,000" in page
    for words in ("41 days", "35 to 52 (95%)", "at least 55 (95%)", "not reached yet"):
        assert words in page
    assert "+€1.20" in page
    assert "889 customers have ordered once. 12.3% of them" in page
    assert 'id="forecast-figure"' in page


@pytest.mark.parametrize(("show", "cell"), [("retention", "10.0%"), ("value", "€30.00"), ("nonsense", "25.0%")])
def test_heat_map_shows_what_is_asked_for(store, show, cell):
    store_figures(store, timezone.now())
    page = text(client_of(store), f"{URL}&show={show}")
    assert f'{cell}<span class="sub">of 1,000</span>' in page
    assert "heat-8" in page


def test_page_of_few_customers_says_what_a_forecast_needs(store):
    store_figures(store, timezone.now(), make_figures(lifetimes=None, outcomes=[], breadths=[]))
    page = text(client_of(store))
    assert "A forecast needs 100 customers who have ordered again. 345 have so far" in page
    assert "Nothing to compare yet" in page
    assert "Give the products of your catalog categories" in page
    assert "No product has been bought again by 20 customers" in page
    assert "plotly" not in page


def test_page_without_figures_says_what_to_do_next(store):
    client = client_of(store, Role.EDITOR)
    assert "No orders yet" in text(client)
    factories.make_order(store)
    assert "Not counted yet" in text(client)
    for _ in range(2):
        client.post("/customers/tea/count/")
    assert ProcrastinateJob.objects.filter(task_name__endswith="count_customers").count() == 1  # asked for twice
    assert "Your customers are being counted" in text(client)
    ProcrastinateJob.objects.all().delete()
    store_figures(store, timezone.now(), make_figures(customers=0))
    assert "No known customers" in text(client)


def test_viewers_read_and_only_editors_have_it_counted(store):
    client = client_of(store)
    assert "Count again" not in text(client)
    assert client.post("/customers/tea/count/").status_code == 403
    assert not ProcrastinateJob.objects.exists()


def test_other_stores_are_not_found(store):
    store_figures(store, timezone.now())
    stranger = client_of(factories.make_store(slug="other"), Role.ADMIN)
    for url in (URL, "/customers/tea/figures.csv"):
        assert stranger.get(url).status_code == 404
    assert stranger.post("/customers/tea/count/").status_code == 404


def test_export_has_every_figure(store):
    client = client_of(store)
    assert client.get("/customers/tea/figures.csv").status_code == 404  # nothing is counted
    store_figures(store, timezone.now())
    store_replenishment(store, factories.make_product(store, sku="=tea"))
    answer = client.get("/customers/tea/figures.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="tea-customers-2026-11-29.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    found = {(row["table"], row["of"], row["figure"], row["days"]): row for row in rows}
    assert found["cohort", "2026-09", "repeat_rate", "30"]["value"] == "0.25"
    assert found["cohort", "2026-09", "forecast_minor", "365"]["high"] == "6000000.0"
    assert found["forecast", "all", "orders", "365"]["low"] == "800.0"
    assert found["replenishment", "1 x =tea", "median_days", ""]["value"] == "41"
    assert {row["table"] for row in rows} == {
        *("cohort", "first_order", "forecast", "still_customers", "test", "replenishment"),
    }


def test_page_reads_a_handful_of_rows_whatever_the_store_has(store):
    store_figures(store, timezone.now())
    client = client_of(store)
    client.get(URL)
    with CaptureQueriesContext(connection) as queries:
        client.get(URL)
    assert not [query for query in queries if "experiments_orderline" in query["sql"]]
    assert len(queries) <= 8
