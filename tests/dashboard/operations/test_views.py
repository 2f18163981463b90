"""Health and metrics."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from config.version import version
from experiments.decisions import counts as decision_counts
from experiments.decisions.counts import Count, CountKey
from experiments.snapshots import take_snapshot
from tests import factories

pytestmark = pytest.mark.django_db


def test_health_says_whether_the_database_answers():
    assert Client().get("/healthz").json() == {"status": "ok", "version": version()}
    with patch("dashboard.operations.views.connection.cursor", side_effect=OperationalError):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer["retry-after"]) == (503, "5")


def test_metrics_are_not_there_without_a_token_set():
    assert Client().get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("header", [None, "", "right", "Bearer", "Bearer wrong", "Basic right", "Bearer rightt"])
def test_metrics_are_refused_without_the_right_token(settings, header):
    settings.METRICS_TOKEN = ["right"]
    headers = {} if header is None else {"authorization": header}
    assert Client().get("/metrics", headers=headers).status_code == 401


@pytest.mark.parametrize("token", ["newer", "older"])
def test_metrics_take_either_token_while_one_is_replaced(settings, token):
    settings.METRICS_TOKEN = ["newer", "older"]
    assert Client().get("/metrics", headers={"authorization": f"Bearer {token}"}).status_code == 200


def test_metrics_count_what_happens(settings):
    settings.METRICS_TOKEN = ["right"]
    store = factories.make_store(slug="tea")
    experiment, now = factories.make_experiment(store), timezone.now()
    decision_counts.add({CountKey(store.pk, now.date(), "cart", experiment.pk, "served"): Count(7, now, now)})
    factories.make_order(store, placed_at=now)
    take_snapshot(experiment, is_look=True, now=now - timedelta(hours=1))
    text = Client().get("/metrics", headers={"authorization": "Bearer right"}).content.decode()
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert samples["offerlift_info", version()] == 1
    assert samples["offerlift_tests", "running", "tea"] == 1
    assert samples["offerlift_decisions_total", "cart", "served", "tea"] == 7
    assert samples["offerlift_orders_last_hour", "tea"] == 1
    assert samples["offerlift_jobs", "failed"] == 0
    assert 3_600 <= samples["offerlift_last_look_seconds",] < 3_700


def test_metrics_take_the_same_number_of_queries_however_many_stores(settings, django_assert_max_num_queries):
    settings.METRICS_TOKEN = ["right"]
    for _ in range(8):
        factories.make_experiment(factories.make_store())
    with django_assert_max_num_queries(10):
        answer = Client().get("/metrics", headers={"authorization": "Bearer right"})
    assert answer.content.count(b"offerlift_tests{") == 8


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_metrics_scheme_is_bearer_in_any_case(settings, scheme):
    settings.METRICS_TOKEN = ["right"]
    assert Client().get("/metrics", headers={"authorization": f"{scheme} right"}).status_code == 200
