"""What reports, decisions and funnels say of the old data: the same, unless a change is listed."""

import json

import pytest
from django.core.management import call_command

from experiments.accounting import outcomes, partitions, rebuild
from experiments.models import (
    Experiment,
    FunnelVisitor,
    Source,
    Store,
    WidgetEvent,
)
from experiments.reading.funnel import are_events_uncounted, count_events
from experiments.running import holdout
from tests.upgrade import answers
from tests.upgrade.changes import WORDS_OF_REPORTS, WORDS_OF_WIDGETS, unexplained

pytestmark = [pytest.mark.slow(seconds=6), pytest.mark.usefixtures("undone")]


def test_reports_say_the_same_figures(before):
    assert len(before["reports"]) == 10
    now = json.loads(json.dumps(answers.reports(), default=str))
    assert unexplained(before["reports"], now, WORDS_OF_REPORTS) == []


def test_visitors_are_decided_as_before(before):
    said = answers.decisions()
    assert len(said) == 180
    assert unexplained(before["decisions"], said, WORDS_OF_WIDGETS) == []


def test_a_follow_up_test_that_runs_is_served_to_the_stores_servers():
    tea = Store.objects.get(slug="tea")
    visitors = [f"v_mail{number:012d}" for number in range(20)]
    asked = [
        answers.post("decide", tea.secret_key, visitor_id=visitor_id, moments=["follow_up"])["decisions"][0]
        for visitor_id in visitors
    ]
    assert {decision["experiment"] for decision in asked} == {"mail-cup", "holdout"}
    assert all(decision["trigger"] is None and decision["exposure_token"] for decision in asked)


def test_rebuilding_finds_no_differences():
    # Holdouts are followed for a year since: the upgrade queues it for the worker.
    for measured in Experiment.with_holdouts.filter(source=Source.HOLDOUT):
        outcomes.recompute_store(measured.store_id)
    live = Experiment.with_holdouts.exclude(source=Source.IMPORTED)
    found = {test.key: rebuild.rebuild(test) for test in live}
    assert {key: one.wrong for key, one in found.items() if one.wrong} == {}
    assert found["cart-cup"].exposures > 350
    assert found["cart-cup"].days == 46


def test_events_are_still_in_the_parts_of_their_months():
    months = WidgetEvent.objects.order_by("month").values_list("month", flat=True).distinct()
    assert [f"{month:%Y-%m}" for month in months] == ["2026-10", "2026-11"]
    assert set(months) <= set(partitions.months())


def test_events_from_before_are_counted_to_the_same_funnels():
    assert are_events_uncounted()
    tests = list(Experiment.with_holdouts.all())
    from_events = {test.key: count_events(test).counts for test in tests}
    call_command("count_existing_events")
    assert not are_events_uncounted()
    assert {test.key: count_events(test).counts for test in tests} == from_events
    assert sum(events for counts in from_events.values() for events, _ in counts.values()) > 1_000
    assert FunnelVisitor.objects.exists()


def test_winner_is_still_served_to_everybody_but_the_holdout():
    tea = Store.objects.get(slug="tea")
    shown = [
        answers.decide(tea, f"v_new{number:013d}", ["exit_intent"], 3_000, "phone")["decisions"][0]
        for number in range(40)
    ]
    served = [decision for decision in shown if decision["experiment"] == "exit-pot"]
    assert all(decision["rollout"] and decision["variant"] == "offer" for decision in served)
    assert {decision["experiment"] for decision in shown} == {"exit-pot", "holdout"}


def test_holdout_goes_on_with_the_same_visitors():
    tea = Store.objects.get(slug="tea")
    experiment = Experiment.with_holdouts.get(store=tea, source=Source.HOLDOUT)
    assert holdout.sync_holdout(tea, answers.ASKED_AT) == experiment
    assert holdout.weights_of(experiment) == {"held-out": 1_000, "offers": 9_000}
    assert experiment.exposures.filter(variant__key="held-out").count() == 37
