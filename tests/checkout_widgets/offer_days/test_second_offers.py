"""The guardrail of sequences on declines: who says no twice was asked once too often."""

from datetime import timedelta

import pytest

from checkout_widgets.models import ShownDay
from experiments import snapshots
from experiments.models import Experiment
from experiments.running import guardrails
from tests import factories
from tests.experiments.copying import copy_exposures
from tests.factories import NOON

pytestmark = pytest.mark.django_db
VISITORS = 1_000


def sequence_test() -> Experiment:
    """A test with 1,000 visitors a variant, all of whom have ordered."""
    experiment = factories.make_live_experiment(started_at=NOON, moment="confirmation")
    rows = []
    for variant in experiment.variants.all():
        for number in range(VISITORS):
            rows.append(
                {
                    "experiment_id": experiment.pk, "store_id": experiment.store_id, "variant_id": variant.pk,
                    "visitor_id": f"{variant.key}-{number}", "exposed_at": NOON + timedelta(seconds=number),
                    "orders": 1, "revenue_minor": 5000 + number % 7, "items": 1, "has_converted": True,
                }
            )  # fmt: skip
    copy_exposures(rows)
    return experiment


@pytest.mark.parametrize(("refused", "is_paused"), [(350, True), (215, False), (0, False)])
def test_test_is_paused_once_surely_more_than_a_fifth_say_no_twice(refused, is_paused):
    experiment = sequence_test()
    second = factories.make_next_widget(experiment.variants.get(key="treatment"), "declined")
    ShownDay.objects.create(
        store=experiment.store, variant=second.variant, offer=second.offer, day=NOON.date(), step="declined",
        shown=600, in_cart=0, declined=refused, decided=0, decision_ms=0,
    )  # fmt: skip
    now = NOON + timedelta(days=3)
    report = snapshots.analyse(experiment, with_cuped=False, is_watch=True, now=now)
    found = guardrails.breaches(experiment, report, now)
    texts = [breach.text for breach in found if breach.metric == "declines"]
    assert bool(texts) == is_paused
    if is_paused:
        assert texts == ["Treatment: 35.0% of visitors said no to both offers, and the limit is 20.0%."]


def test_declines_after_a_yes_are_no_harm():
    experiment = sequence_test()
    second = factories.make_next_widget(experiment.variants.get(key="treatment"), "accepted")
    ShownDay.objects.create(
        store=experiment.store, variant=second.variant, offer=second.offer, day=NOON.date(), step="accepted",
        shown=900, in_cart=0, declined=800, decided=0, decision_ms=0,
    )  # fmt: skip
    now = NOON + timedelta(days=3)
    report = snapshots.analyse(experiment, with_cuped=False, is_watch=True, now=now)
    assert "declines" not in {breach.metric for breach in guardrails.breaches(experiment, report, now)}
