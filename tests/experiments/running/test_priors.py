"""Once a day, each test learns from its store's past ones how large effects usually are."""

from datetime import timedelta
from typing import Any

import pytest

from experiments.models import Experiment, Metric, Snapshot, Source, Status, Store
from experiments.plan.learnt_prior import prior_of
from experiments.running.priors import learn_due
from experiments.statistics import Interval
from experiments.statistics.priors.learning import default_prior, learn_prior
from experiments.statistics.priors.likelihood import EffectLikelihood
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

LIFTS = ((0.02, -0.05, 0.1), (-0.03, -0.1, 0.05), (0.3, 0.1, 0.55))


def past_test(store: Store, lift: tuple[float, float, float], code: str = "needs_review", **fields: Any) -> Experiment:
    """A test that is over, whose newest report has this lift of RPV."""
    defaults: dict[str, Any] = {"status": Status.CONCLUDED, "ended_at": NOON}
    experiment = factories.make_experiment(store, **defaults | fields)
    stored = dict(zip(("estimate", "low", "high"), lift, strict=True))
    metrics = [
        {"metric": "rpv", "variant": "treatment", "main": {"lift": stored}},
        {"metric": "refunded_share", "variant": "treatment", "main": {"lift": stored}, "is_in_points": True},
        {"metric": "margin", "variant": "treatment", "main": {"lift": None}},
    ]
    report = {"verdict": {"code": code}, "metrics": metrics}
    Snapshot.objects.create(experiment=experiment, taken_at=NOON, report=report)
    return experiment


def test_running_test_learns_from_its_stores_past_tests():
    store = factories.make_store()
    for lift in LIFTS:
        past_test(store, lift)
    running = factories.make_experiment(store)
    assert learn_due(NOON) == 4
    running.refresh_from_db()
    prior = prior_of(running, Metric.RPV)
    effects = [EffectLikelihood.of_interval(Interval(*lift)) for lift in LIFTS]
    expected = learn_prior([effect for effect in effects if effect is not None])
    assert prior.past_tests == 3
    assert prior.weights == pytest.approx(expected.weights)
    assert prior_of(running, Metric.MARGIN) == prior_of(running, Metric.REFUNDED_SHARE) == default_prior()


def test_test_says_nothing_of_itself_beforehand():
    store = factories.make_store()
    over = [past_test(store, lift) for lift in LIFTS]
    learn_due(NOON)
    over[0].refresh_from_db()
    assert prior_of(over[0], Metric.RPV).past_tests == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"source": Source.IMPORTED},
        {"source": Source.HOLDOUT},
        {"is_aa_test": True},
        {"status": Status.RUNNING},
        {"code": "invalid"},
    ],
)
def test_imported_unfinished_and_invalid_tests_teach_nothing(fields):
    store = factories.make_store()
    past_test(store, LIFTS[2], **fields)
    running = factories.make_experiment(store)
    learn_due(NOON)
    running.refresh_from_db()
    assert prior_of(running, Metric.RPV) == default_prior()


def test_other_stores_tests_teach_nothing():
    past_test(factories.make_store(), LIFTS[2])
    running = factories.make_experiment(factories.make_store())
    learn_due(NOON)
    running.refresh_from_db()
    assert prior_of(running, Metric.RPV).past_tests == 0


def test_store_learns_once_a_day_and_in_as_many_queries_for_ten_tests_as_for_one(django_assert_num_queries):
    store = factories.make_store()
    for lift in LIFTS:
        past_test(store, lift, learnt_prior={"learnt_at": NOON.isoformat(), "metrics": {}})
    factories.make_experiment(store)
    with django_assert_num_queries(3):  # the tests that are due, the past ones, what was learned
        assert learn_due(NOON) == 1
    with django_assert_num_queries(1):
        assert learn_due(NOON + timedelta(hours=19)) == 0
    assert learn_due(NOON + timedelta(hours=21)) == 1


def test_store_whose_reports_cannot_be_read_costs_no_other_its_priors(caplog):
    broken, sound = factories.make_store(), factories.make_store()
    odd = factories.make_experiment(broken, status=Status.CONCLUDED)
    Snapshot.objects.create(experiment=odd, taken_at=NOON, report={"metrics": [{"metric": "rpv"}]})
    factories.make_experiment(broken)
    past_test(sound, LIFTS[0])
    running = factories.make_experiment(sound)
    assert learn_due(NOON) == 2
    running.refresh_from_db()
    assert prior_of(running, Metric.RPV).past_tests == 1
    assert f"The prior of {broken.slug} can't be learnt" in caplog.text


def test_weights_for_other_scales_are_learned_anew():
    experiment = factories.make_experiment(
        learnt_prior={"learnt_at": NOON.isoformat(), "metrics": {"rpv": {"tests": 9, "weights": [0.5, 0.5]}}}
    )
    assert prior_of(experiment, Metric.RPV) == default_prior()
