"""``manage.py load_demo``, with little traffic and a few rows of the Hillstrom file."""

import gzip
import time
from itertools import islice

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from checkout_widgets.models import Product
from dashboard.stored_results import newest_reports
from demo import pairs
from demo.after_order import customers, days, making
from demo.demo_tests import PAST, RUNNING
from demo.management.commands import load_demo
from demo.tasks import make_customers
from experiments.models import Experiment, Exposure, Order, Source, Status, WidgetEvent
from journeys.models import Contact, CustomerMessage, Run, SendPoint

pytestmark = pytest.mark.django_db
# Before the pages are up, what comes after the order may take five seconds of the start.
MOST_STATEMENTS_OF_JOURNEYS = 70
MOST_SECONDS_OF_JOURNEYS = 5


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    with gzip.open(settings.BASE_DIR / "demo/data" / "hillstrom.csv.gz", "rt") as file:
        rows = list(islice(file, 61))
    part = tmp_path / "hillstrom.csv"
    part.write_text("".join(rows))
    monkeypatch.setattr(load_demo, "HILLSTROM", part)
    monkeypatch.setattr(days, "DAYS", 5)
    monkeypatch.setattr(customers, "CUSTOMERS", 270)  # three a day
    monkeypatch.setattr(pairs, "begin", lambda store: None)  # whether so few orders have any is luck: test_pairs.py
    customers.first_buyers.cache_clear()
    yield
    customers.first_buyers.cache_clear()


def figures() -> list[int]:
    return [model.objects.count() for model in (Product, Order, Exposure, WidgetEvent, Experiment)]


@pytest.mark.slow(seconds=18)
def test_load_demo_fills_two_stores_says_so_and_adds_nothing_when_repeated(capsys):
    call_command("load_demo", traffic=0.02)
    first, printed = figures(), capsys.readouterr().out
    for step in ("Catalog and past orders", "148 simulated visitors of cart-accessory", "Hillstrom"):
        assert step in printed
    assert set(Experiment.objects.filter(unit="customer").values_list("key", flat=True)) == {
        "thank-you-thanks",
        "complete-the-set-set",
        "check-in-by-answer",
    }
    assert dict(Experiment.with_holdouts.filter(unit="visitor").values_list("key", "status")) == {
        **dict.fromkeys([test.experiment["key"] for test in PAST], Status.CONCLUDED),
        **dict.fromkeys([test.experiment["key"] for test in RUNNING], Status.RUNNING),
        "gift-wrap-checkbox": Status.SCHEDULED,
        "free-delivery-progress": Status.DRAFT,
        "holdout": Status.RUNNING,
        "hillstrom": Status.CONCLUDED,
    }
    for experiment in Experiment.with_holdouts.filter(
        source__in=(Source.LIVE, Source.HOLDOUT), started_at__isnull=False, unit="visitor"
    ):
        variants = set(Exposure.objects.for_experiment(experiment).values_list("variant__key", flat=True))
        assert len(variants) == experiment.variants.count() >= 2
    assert Exposure.objects.filter(experiment__key="hillstrom").count() == 60
    assert Product.objects.get(sku="22423").image_url == "http://127.0.0.1:8000/demo/pictures/22423.svg"

    call_command("load_demo", base_url="http://127.0.0.1:9000/", traffic=0.02)
    assert figures() == first
    assert Product.objects.get(sku="22423").image_url == "http://127.0.0.1:9000/demo/pictures/22423.svg"
    assert capsys.readouterr().out == ""


@pytest.mark.slow(seconds=18)
def test_start_leaves_what_follows_the_order_to_the_worker(monkeypatch, tmp_path):
    monkeypatch.setattr(making, "marker", lambda: tmp_path / "demo_customers_made")
    taken: list[float] = []  # seconds of each statement that touches what comes after the order

    def note_time(execute, sql, params, many, context):
        began = time.monotonic()
        try:
            return execute(sql, params, many, context)
        finally:
            if "journeys_" in str(sql):
                taken.append(time.monotonic() - began)

    with connection.execute_wrapper(note_time):
        call_command("load_demo", traffic=0.02, customers_later=True)
    assert ProcrastinateJob.objects.filter(task_name=make_customers.name, status="todo").count() == 1
    for model in (Contact, Run, SendPoint, CustomerMessage):
        assert not model.objects.exists(), model
    assert 0 < len(taken) <= MOST_STATEMENTS_OF_JOURNEYS
    assert sum(taken) < MOST_SECONDS_OF_JOURNEYS


@pytest.mark.long
def test_demo_has_a_test_of_each_verdict(monkeypatch):
    monkeypatch.setattr(load_demo, "load_customers", lambda store, address: None)
    call_command("load_demo")
    tests = list(Experiment.objects.filter(store__slug="demo", started_at__isnull=False))
    reports = newest_reports(tests)
    codes = {test.key: reports[test.pk].verdict.code for test in tests}
    assert codes == {
        "cart-accessory": "ship",
        "thank-you-cake-tins": "ship",
        "breakage-cover-dialog": "stop_harm",
        "napkins-at-payment": "stop_harm",
        "gift-wrap-card": "invalid",
        "t-light-holder": "no_material_difference",
        "exit-discount": "needs_review",
        "spice-tins-discount": "needs_review",
        "exit-bundle": "needs_review",
        "lunch-bags-by-the-three": "collecting",
        "evening-delivery": "collecting",
        "breakage-cover": "collecting",
        "napkins-afterwards": "collecting",
        "one-offer-or-two": "collecting",
    }
    young = reports[next(test.pk for test in tests if test.key == "napkins-afterwards")]
    assert young.verdict.next_step == "Wait. Orders are still coming in."
    waiting = reports[next(test.pk for test in tests if test.key == "one-offer-or-two")]
    assert waiting.verdict.headline.startswith("Waiting for refunds: another £")
    assert waiting.verdict.next_step.endswith("No more visitors are needed.")
    (faded,) = reports[next(test.pk for test in tests if test.key == "exit-bundle")].by_day
    assert faded.state == "fading"
