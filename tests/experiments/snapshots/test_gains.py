"""What visitors gain in other tests, as those tests' newest stored reports say."""

from datetime import timedelta
from typing import Any

import pytest

from experiments.models import Experiment, Snapshot
from experiments.snapshots import take_snapshot
from experiments.snapshots.gains import gains_there
from tests import factories
from tests.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def reported(key: str, **verdict: Any) -> Experiment:
    """A test with a stored report, whose treatment's 40 buyers of 400 paid 5.00 more than control's."""
    experiment = factories.make_experiment(factories.make_store(slug=f"shop-of-{key}"), key=key)
    for name, paid in (("control", 2_000), ("treatment", 2_500)):
        variant = experiment.variants.get(key=name)
        for number in range(40):
            amount = paid + 10 * number
            factories.make_exposure(variant, has_converted=True, orders=1, revenue_minor=amount)
            for _ in range(2):
                factories.make_exposure(variant)
    snapshot = take_snapshot(experiment, now=NOON + timedelta(days=10))
    assert snapshot is not None
    change(snapshot, snapshot.report | {"verdict": snapshot.report["verdict"] | verdict})
    return experiment


def change(snapshot: Snapshot, report: dict[str, Any]) -> None:
    """Store another report in its place, as no code of the product can."""
    Snapshot.objects.filter(pk=snapshot.pk).update(report=report)


def test_gain_is_the_difference_shown_of_the_only_treatment():
    experiment = reported("exit")
    found = gains_there([experiment])
    shown = Snapshot.objects.get(experiment=experiment).report["metrics"][0]["final"]["difference"]
    assert found["exit"].difference.estimate == pytest.approx(shown["estimate"])
    # a third of the visitors buy, for 5.00 more, less what luck is thought to have given
    assert 0 < found["exit"].difference.estimate <= 500 / 3
    assert not found["exit"].is_decided


def test_gain_is_decided_once_the_verdict_is():
    assert gains_there([reported("exit", code="ship", variant="treatment")])["exit"].is_decided


def test_newest_report_counts_and_unreadable_ones_are_left_out():
    experiment, broken = reported("exit"), reported("gift")
    newest = Snapshot.objects.get(experiment=broken)
    change(newest, {"verdict": 7})
    Snapshot.objects.create(
        experiment=experiment, taken_at=NOON - timedelta(days=30), report={"verdict": "of a release long ago"}
    )
    assert set(gains_there([experiment, broken])) == {"exit"}


def test_several_treatments_without_a_verdict_tell_nothing():
    experiment = reported("exit")
    snapshot = Snapshot.objects.get(experiment=experiment)
    second = snapshot.report["metrics"][0] | {"variant": "other"}
    report = snapshot.report | {"metrics": [*snapshot.report["metrics"], second]}
    change(snapshot, report)
    assert gains_there([experiment]) == {}
    change(snapshot, report | {"verdict": report["verdict"] | {"code": "ship", "variant": "other"}})
    assert gains_there([experiment])["exit"].is_decided


def test_no_tests_and_tests_without_reports_tell_nothing():
    assert gains_there([]) == {}
    assert gains_there([factories.make_experiment()]) == {}
