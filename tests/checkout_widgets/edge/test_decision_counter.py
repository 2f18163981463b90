"""What the edge decides is counted in memory and written down now and then."""

import random
import threading
from datetime import UTC
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError

from checkout_widgets.edge import decision_counter, live_configuration
from checkout_widgets.edge.decision_counter import DecisionCounter
from checkout_widgets.edge.payloads import DecideBody
from checkout_widgets.edge.targeting_context import AskedContext
from experiments.decisions.samples import SIZE
from experiments.models import DecisionDay, DecisionSample, Experiment, Rejection, Status, Store
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def asked_context(device: Any = None) -> AskedContext:
    return AskedContext(DecideBody(moments=["cart"], device=device), NOON, UTC)


def counted() -> dict[tuple[str, str], int]:
    decision_counter.current().flush()
    return {(row.moment, row.reason): row.count for row in DecisionDay.objects.all()}


def test_each_moment_is_counted_with_its_reason_and_experiment(experiment, post):
    body = {"key": "pk_shop", "moments": ["cart", "payment", "checkout"]}
    answer = post("/v1/decide", body).json()
    post("/v1/decide", body, refresh=False)
    assert [decision.get("reason") for decision in answer["decisions"]] == [None, "no_experiment", "unknown_moment"]
    assert counted() == {("cart", "served"): 2, ("payment", "no_experiment"): 2, ("", "unknown_moment"): 2}
    assert DecisionDay.objects.get(reason="served").experiment == experiment
    assert DecisionDay.objects.get(reason="no_experiment").experiment is None


def test_a_refusal_names_the_experiment_that_refused(experiment, decide):
    Experiment.objects.update(targeting={"field": "device", "op": "is", "value": "phone"})
    decide(device="desktop")
    assert counted() == {("cart", "not_targeted"): 1}
    assert DecisionDay.objects.get().experiment == experiment


def test_crawlers_and_those_without_consent_are_counted_and_not_sampled(experiment, decide, post):
    post("/v1/decide", {"key": "pk_shop", "moments": ["cart"]}, **{"User-Agent": GOOGLEBOT})
    decide(consent={"measurement": False})
    decide(history={"friction": ["payment_error"]}, device="phone")
    assert counted() == {("cart", "bot"): 1, ("cart", "no_consent"): 1, ("cart", "friction"): 1}
    assert DecisionSample.objects.get().context["device"] == "phone"


def test_sample_says_nothing_of_who_it_was(experiment, decide):
    decide("v_secret", visitor={"customer_id": "c_secret", "orders": 2}, page={"path": "/orders/12345/thanks"})
    decision_counter.current().flush()
    context = DecisionSample.objects.get().context
    assert "secret" not in str(context)
    assert (context["orders"], context["path"]) == (2, "/orders/*/thanks")


def test_flush_writes_once_and_the_next_one_adds(experiment, decide):
    decide()
    assert counted() == {("cart", "served"): 1}
    assert counted() == {("cart", "served"): 1}
    decide()
    assert counted() == {("cart", "served"): 2}


def test_flush_that_fails_loses_no_count(experiment, decide):
    decide()
    with patch("experiments.decisions.counts.add", side_effect=OperationalError), pytest.raises(OperationalError):
        decision_counter.current().flush()
    decide()
    assert counted() == {("cart", "served"): 2}


def test_question_that_is_refused_is_counted_for_the_store_whose_key_it_has(experiment, post):
    post("/v1/decide", {"key": "pk_shop", "moments": []})
    post("/v1/decide", {"key": "pk_shop", "moments": ["cart"]}, Origin="https://elsewhere.example")
    post("/v1/decide", {"key": "pk_shop", "moments": ["cart"]}, Origin="https://elsewhere.example")
    post("/v1/decide", {"key": "pk_of_nobody", "moments": ["cart"]})
    decision_counter.current().flush()
    counts = {(row.store, row.source, row.code): row.count for row in Rejection.objects.all()}
    store = experiment.store
    assert counts == {(store, "decide", "bad_field"): 1, (store, "decide", "bad_origin"): 2}


def test_refusal_that_cant_be_written_is_counted_with_the_next(experiment, post):
    post("/v1/decide", {"key": "pk_shop", "moments": []})
    away = patch("experiments.accounting.ingestion.count_rejections", side_effect=OperationalError)
    with away, pytest.raises(OperationalError):
        decision_counter.current().flush()
    post("/v1/decide", {"key": "pk_shop", "moments": []})
    decision_counter.current().flush()
    assert Rejection.objects.get().count == 2


def test_refusals_of_a_store_that_is_gone_are_forgotten():
    own = DecisionCounter()
    own.refuse(factories.make_store().pk + 1, "bad_origin", NOON)
    own.flush()
    assert not Rejection.objects.exists()


def test_flush_is_due_once_a_minute(experiment, decide):
    decide()
    own = decision_counter.current()
    with patch("checkout_widgets.edge.decision_counter.time.monotonic", return_value=own.flushed_at + 59.9):
        own.flush_when_due()
    assert not DecisionDay.objects.exists()
    with patch("checkout_widgets.edge.decision_counter.time.monotonic", return_value=own.flushed_at + 60.1):
        own.flush_when_due()
    assert DecisionDay.objects.get().count == 1


def test_end_of_the_process_writes_down_what_is_left_and_never_fails(experiment, decide):
    decide()
    with (
        patch("experiments.decisions.counts.add", side_effect=OperationalError),
        patch.object(decision_counter, "connection"),
    ):
        decision_counter.flush_at_exit()
    with patch.object(decision_counter, "connection"):
        decision_counter.flush_at_exit()
    assert DecisionDay.objects.get().count == 1


def test_threads_lose_no_count():
    own, store = DecisionCounter(), factories.make_store()

    def decide_often() -> None:
        for _ in range(500):
            own.add(store.pk, [("cart", None, "no_experiment")], None, NOON)

    threads = [threading.Thread(target=decide_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    own.flush()
    assert DecisionDay.objects.get().count == 2000


@pytest.mark.slow
def test_sample_of_a_day_is_bounded_and_fair_over_processes():
    random.seed(7)
    store, processes = factories.make_store(), [DecisionCounter(), DecisionCounter()]
    for number in range(4_000):  # the first process sees phones alone, three times as many as the other sees desktops
        own, device = (processes[0], "phone") if number % 4 else (processes[1], "desktop")
        own.add(store.pk, [("cart", None, "no_experiment")], asked_context(device), NOON)
        assert all(len(day.samples.get("cart", [])) <= 2 * SIZE for day in own.store_days.values())
        if number % 1_000 == 999:
            for each in processes:
                each.flush()
    devices = list(DecisionSample.objects.values_list("context__device", flat=True))
    assert len(devices) == SIZE
    assert 0.6 < devices.count("phone") / SIZE < 0.9


def test_days_gone_by_are_forgotten_once_they_are_written_down():
    own, store = DecisionCounter(), factories.make_store()
    for day in (1, 2):
        for _ in range(2 * SIZE):
            own.add(store.pk, [("cart", None, "no_experiment")], asked_context(), NOON.replace(day=day))
        own.flush()
    assert [(day.day, list(counted.limits)) for (_, day), counted in own.store_days.items()] == [(2, ["cart"])]


def test_paused_test_and_other_store_are_counted_apart(store, experiment, decide):
    Experiment.objects.update(status=Status.PAUSED)
    other = factories.make_store(site_key="pk_other")
    decide()
    decide(key="pk_other")
    decision_counter.current().flush()
    assert DecisionDay.objects.get(store=store).reason == "paused"
    assert DecisionDay.objects.get(store=other).reason == "no_experiment"
    assert Store.objects.count() == 2


def test_forgetting_the_snapshot_forgets_the_tally(experiment, decide):
    decide()
    live_configuration.forget()
    assert counted() == {}
