"""The overview of a store."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dashboard.overview.page import OverviewPage
from experiments.models import Decision, Experiment, Snapshot, Source, Status
from experiments.report import Range
from experiments.snapshots import analyse
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_tests_that_are_on_come_with_day_sample_and_result():
    store = factories.make_store()
    experiment = factories.make_experiment(store, planned_sample=10, started_at=NOON - timedelta(days=2))
    factories.make_experiment(store, status=Status.PAUSED)
    factories.make_experiment(store, status=Status.DRAFT)
    factories.make_experiment(store, source=Source.HOLDOUT)
    for number in range(5):
        factories.make_exposure(experiment.variants.get(key="control"))
        if number < 3:
            factories.make_exposure(experiment.variants.get(key="treatment"))
    Snapshot.objects.create(experiment=experiment, taken_at=NOON, report=analyse(experiment, now=NOON).as_json())
    running, paused = OverviewPage(store, NOON).tests
    assert (running.experiment, running.day, running.visitors, running.share) == (experiment, 3, 8, 0.3)
    assert running.report is not None
    assert (paused.experiment.status, paused.report) == (Status.PAUSED, None)


@pytest.mark.slow
def test_store_is_new_until_its_first_test_whether_it_holds_visitors_out_or_not(client):
    store = factories.make_store()
    factories.make_holdout(store)
    client.force_login(factories.make_user(store))
    assert OverviewPage(store, NOON).is_new
    assert "No tests in this store yet" in client.get("/").content.decode()
    factories.make_experiment(store, status=Status.DRAFT)
    assert not OverviewPage(store, NOON).is_new
    assert "No tests in this store yet" not in client.get("/").content.decode()


def test_money_is_the_holdouts_where_there_is_one(monkeypatch):
    page = OverviewPage(factories.make_store(), NOON)
    assert page.money is None
    numbers = page.programme
    measured = Range(500.0, 100.0, 900.0)
    monkeypatch.setattr("experiments.programme.overview.holdout_money", lambda store: measured)
    assert numbers.holdout is None
    assert OverviewPage(page.store, NOON).money == measured


def test_bar_of_a_month_counts_the_tests_decided_in_it():
    store = factories.make_store()
    for days in (0, 2, 40):
        factories.make_experiment(
            store, status=Status.CONCLUDED, decision=Decision.KEEP_CONTROL, ended_at=NOON - timedelta(days=days)
        )
    page = OverviewPage(store, NOON)
    assert page.months[-1].text.startswith("November 2026: 3 started, 1 decided")
    assert page.months[-1].label == "Nov"
    assert [bar.parts[0].height for bar in page.months[-3:]] == [40, 40, 40]


@pytest.mark.slow
def test_page_takes_few_queries_however_many_tests(client, django_assert_max_num_queries):
    store = factories.make_store()
    for _ in range(8):
        experiment = factories.make_experiment(store)
        factories.make_exposure(experiment.variants.get(key="control"))
        Snapshot.objects.create(experiment=experiment, taken_at=NOON, report=analyse(experiment, now=NOON).as_json())
    client.force_login(factories.make_user(store))
    with django_assert_max_num_queries(26):
        assert client.get("/").status_code == 200


def test_new_store_is_shown_the_way(client):
    client.force_login(factories.make_user(factories.make_store(slug="tea")))
    page = client.get("/").content.decode()
    assert "No tests in this store yet" in page
    assert 'href="/setup/?store=tea"' in page


def test_programme_without_a_rollout_says_when_money_is_counted(client):
    experiment = factories.make_experiment(started_at=timezone.now())
    client.force_login(factories.make_user(experiment.store))
    page = client.get("/").content.decode()
    assert "The revenue appears here once a test has ended and a variant is rolled out." in page
    assert experiment.name in page


def test_store_of_another_is_not_found(client):
    client.force_login(factories.make_user(factories.make_store()))
    factories.make_store(slug="foreign")
    assert client.get("/?store=foreign").status_code == 404
    assert Experiment.objects.count() == 0
