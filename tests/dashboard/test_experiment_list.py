"""The list of tests."""

from datetime import datetime, timedelta

import pytest

from dashboard.experiment_list import days_of, listed_experiments
from experiments.models import Experiment, Snapshot, Status
from tests import factories

pytestmark = pytest.mark.django_db


def store_headline(experiment: Experiment, headline: str, taken_at: datetime) -> None:
    Snapshot.objects.create(
        experiment=experiment, taken_at=taken_at, report={"verdict": {"headline": headline}}, is_look=False
    )


def test_list_many_experiments_takes_one_query(django_assert_num_queries):
    store = factories.make_store()
    user = factories.make_user(store)
    for number in range(5):
        experiment = factories.make_experiment(store)
        store_headline(experiment, f"Result {number}", factories.NOON)
        factories.make_exposure(experiment.variants.get(key="control"))
    with django_assert_num_queries(1):
        rows = listed_experiments(user)
    assert [row.visitors for row in rows] == [1] * 5


def test_list_newest_result_is_the_headline():
    experiment = factories.make_experiment()
    user = factories.make_user(experiment.store)
    store_headline(experiment, "Newer", factories.NOON + timedelta(days=1))
    store_headline(experiment, "Older", factories.NOON)
    (row,) = listed_experiments(user)
    assert row.headline == "Newer"


def test_list_running_comes_before_concluded():
    store = factories.make_store()
    running = factories.make_experiment(store)
    concluded = factories.make_experiment(store, status=Status.CONCLUDED)
    rows = listed_experiments(factories.make_user(store))
    assert [row.experiment for row in rows] == [running, concluded]


def test_days_count_begun_days_until_the_end():
    experiment = factories.make_experiment(ended_at=factories.NOON + timedelta(days=15, hours=3))
    assert days_of(experiment, factories.NOON + timedelta(days=100)) == 16


def test_days_before_the_start_are_unknown():
    assert days_of(factories.make_experiment(started_at=None, status=Status.DRAFT), factories.NOON) is None


def test_list_member_of_nothing_says_what_to_do_next(client):
    client.force_login(factories.make_user())
    page = client.get("/tests/").content.decode()
    assert "No tests yet" in page
    assert "make demo" in page
    assert "import_experiment" in page


def test_list_experiment_without_visitors_says_so(client):
    experiment = factories.make_experiment()
    client.force_login(factories.make_user(experiment.store))
    assert "No visitor has been exposed." in client.get("/tests/").content.decode()
