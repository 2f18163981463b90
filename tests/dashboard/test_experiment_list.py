"""The list of tests."""

from datetime import datetime, timedelta

import pytest
from django.http import QueryDict

from dashboard.experiment_list import ExperimentList, ListFilter
from experiments.models import Experiment, Moment, Snapshot, Status
from tests import factories

pytestmark = pytest.mark.django_db

MOST_QUERIES = 10


def store_headline(experiment: Experiment, headline: str, taken_at: datetime, code: str = "collecting") -> None:
    report = {"verdict": {"headline": headline, "code": code}}
    Snapshot.objects.create(experiment=experiment, taken_at=taken_at, report=report, is_look=False)


def names(store, query: str = "") -> list[str]:
    listed = ExperimentList(factories.make_user(store), None, ListFilter.from_query(QueryDict(query)))
    return [row.experiment.name for row in listed.rows]


@pytest.fixture
def three(db):
    """A store with a running test, a draft and a concluded one, in the order in which the list shows them."""
    store = factories.make_store()
    factories.make_experiment(store, name="Mug", key="mug-cart", hypothesis="Warm hands buy.")
    factories.make_experiment(store, name="Apron", moment=Moment.PAYMENT, status=Status.DRAFT, started_at=None)
    factories.make_experiment(
        store, name="Bowl", status=Status.CONCLUDED, started_at=factories.NOON - timedelta(days=9)
    )
    return store


@pytest.mark.slow
def test_page_takes_at_most_ten_queries_however_many_tests(client, django_assert_max_num_queries):
    store = factories.make_store()
    for number in range(30):
        experiment = factories.make_experiment(store)
        store_headline(experiment, f"Result {number}", factories.NOON)
        factories.make_exposure(experiment.variants.get(key="control"))
    client.force_login(factories.make_user(store))
    with django_assert_max_num_queries(MOST_QUERIES):
        page = client.get("/tests/").content.decode()
    assert page.count("Result ") == 25


def test_list_newest_result_is_the_headline():
    experiment = factories.make_experiment()
    user = factories.make_user(experiment.store)
    store_headline(experiment, "Newer", factories.NOON + timedelta(days=1), "ship")
    store_headline(experiment, "Older", factories.NOON)
    (row,) = ExperimentList(user, None, ListFilter()).rows
    assert (row.headline, row.verdict) == ("Newer", "ship")


def test_list_counts_visitors_and_their_share_of_the_plan():
    experiment = factories.make_experiment(planned_sample=5)
    for _ in range(3):
        factories.make_exposure(experiment.variants.get(key="control"))
    (row,) = ExperimentList(factories.make_user(experiment.store), None, ListFilter()).rows
    assert (row.visitors, row.share) == (3, 0.3)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Mug", "Apron", "Bowl"]),
        ("sort=name", ["Apron", "Bowl", "Mug"]),
        ("sort=-name", ["Mug", "Bowl", "Apron"]),
        ("sort=started", ["Bowl", "Mug", "Apron"]),
        ("sort=-started", ["Apron", "Mug", "Bowl"]),
        ("sort=-moment", ["Apron", "Bowl", "Mug"]),
        ("sort=password", ["Mug", "Apron", "Bowl"]),
        ("status=draft", ["Apron"]),
        ("status=bogus", ["Mug", "Apron", "Bowl"]),
        ("moment=cart&sort=name", ["Bowl", "Mug"]),
        ("q=hands+MUG", ["Mug"]),
        ("q=hands+bowl", []),
        ("q=%00", ["Mug", "Apron", "Bowl"]),
        ("q=mug-c", ["Mug"]),
    ],
)
def test_list_shows_what_is_wanted_in_the_order_wanted(three, query, expected):
    assert names(three, query) == expected


@pytest.mark.parametrize(("number", "first"), [("2", "Test 25"), ("99", "Test 25"), ("x", "Test 00")])
def test_list_has_pages(number, first):
    store = factories.make_store()
    for index in range(27):
        factories.make_experiment(store, name=f"Test {index:02}")
    listed = ExperimentList(factories.make_user(store), store, ListFilter(sort="name"), number)
    assert listed.rows[0].experiment.name == first


def test_links_keep_the_store_and_the_filters():
    store = factories.make_store(slug="tea")
    listed = ExperimentList(factories.make_user(store), store, ListFilter(status="draft", text="mug", sort="name"))
    assert listed.columns["test"].url == "?store=tea&status=draft&q=mug&sort=-name"
    assert listed.columns["test"].direction == "ascending"
    assert listed.columns["started"].url == "?store=tea&status=draft&q=mug&sort=started"
    assert listed.address == "?store=tea&status=draft&q=mug&sort=name"


def test_htmx_gets_the_rows_alone_with_an_address_for_the_history(client, three):
    client.force_login(factories.make_user(three))
    response = client.get("/tests/", {"q": "mug", "status": ""}, headers={"HX-Request": "true"})
    text = response.content.decode()
    assert "<html" not in text
    assert "Mug" in text
    assert "Bowl" not in text
    assert response["HX-Push-Url"] == "/tests/?q=mug"
    assert "HX-Request" in response["Vary"]


def test_htmx_restoring_the_history_gets_the_whole_page(client, three):
    client.force_login(factories.make_user(three))
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in client.get("/tests/", headers=headers).content.decode()


def test_list_without_a_match_offers_all_again(client, three):
    client.force_login(factories.make_user(three))
    page = client.get("/tests/?q=nothing").content.decode()
    assert "No tests found" in page
    assert 'value="nothing"' in page


@pytest.mark.parametrize(("is_staff", "words"), [(True, "add yourself to one"), (False, "Ask an administrator")])
def test_list_member_of_nothing_says_what_to_do_next(client, is_staff, words):
    client.force_login(factories.make_user(is_staff=is_staff))
    page = " ".join(client.get("/tests/").content.decode().split())
    assert "No tests yet" in page
    assert words in page
    assert "import_experiment" in page


@pytest.mark.parametrize(("role", "is_offered"), [("viewer", False), ("editor", True)])
def test_new_test_is_offered_to_those_who_may_make_one(client, role, is_offered):
    store = factories.make_store()
    client.force_login(factories.make_user(store, role))
    page = client.get("/tests/", {"store": store.slug}).content.decode()
    assert (f'href="/templates/?store={store.slug}"' in page) is is_offered


def test_list_experiment_without_visitors_says_so(client):
    experiment = factories.make_experiment()
    client.force_login(factories.make_user(experiment.store))
    assert "No visitors" in client.get("/tests/").content.decode()


def test_list_speaks_of_customers_where_a_test_counts_them(client, three):
    factories.make_customer_experiment(three, name="After the order", started_at=factories.NOON)
    client.force_login(factories.make_user(three))
    page = client.get("/tests/").content.decode()
    assert page.count("No customers ") == 1
    assert page.count('data-label="Customers"') == 1
    assert "No visitors " in page
