"""The programme's numbers, worked out by hand from stored reports."""

from datetime import timedelta
from math import exp, expm1, log, sqrt
from typing import Any

import pytest

from experiments.models import Decision, Experiment, Moment, Snapshot, Source, Status, Store
from experiments.programme.known_tests import known_tests
from experiments.programme.moment_effects import moment_effects
from experiments.programme.overview import programme
from experiments.snapshots import take_snapshot
from experiments.statistics.priors.learning import default_prior
from experiments.statistics.priors.likelihood import EffectLikelihood
from experiments.statistics.priors.posterior import effect_posterior
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

NOW = NOON + timedelta(days=40)
Z = 1.959963984540054


def past_test(store: Store, log_lift: float, error: float, *, is_rolled_out: bool = False, **fields: Any) -> Experiment:
    """A concluded test whose newest report has this effect on RPV, over a base of 10,000.00 a month."""
    defaults: dict[str, Any] = {"status": Status.CONCLUDED, "decision": Decision.KEEP_CONTROL, "ended_at": NOON}
    experiment = factories.make_experiment(store, **defaults | fields)
    if is_rolled_out:
        experiment.decision = Decision.ROLL_OUT
        experiment.rolled_out_variant = experiment.variants.get(key="treatment")
        experiment.save()
    store_report(experiment, log_lift, error)
    return experiment


def store_report(experiment: Experiment, log_lift: float, error: float, code: str = "ship") -> Snapshot:
    effect = {
        "variant": "treatment",
        "metric": "rpv",
        "log_lift": log_lift,
        "log_lift_error": error,
        "monthly_base_minor": 1_000_000.0,
    }
    report = {"verdict": {"code": code, "headline": "So."}, "effects": [effect], "progress": {"ends_on": "2026-12-24"}}
    return Snapshot.objects.create(experiment=experiment, taken_at=NOON, report=report)


def change_effect(experiment: Experiment, **fields: Any) -> None:
    """Store another effect in the test's report."""
    report = Snapshot.objects.get(experiment=experiment).report
    report["effects"][0] |= fields
    Snapshot.objects.filter(experiment=experiment).update(report=report)


def test_programme_of_a_new_store_is_empty():
    found = programme(factories.make_store(), now=NOW)
    assert (found.running, found.decided, found.win_rate, found.money, found.holdout) == (0, 0, None, None, None)
    assert len(found.months) == 12
    assert (str(found.months[0].month), str(found.months[-1].month)) == ("2026-01-01", "2026-12-01")


def test_programme_rolled_out_money_adds_up_with_its_error():
    store = factories.make_store()
    past_test(store, 0.10, 0.03, is_rolled_out=True)
    past_test(store, 0.05, 0.04, is_rolled_out=True)
    past_test(store, -0.02, 0.02)
    past_test(factories.make_store(), 0.9, 0.01, is_rolled_out=True)
    money = programme(store, now=NOW).money
    assert money is not None
    assert money.tests == 2
    total = 1e6 * (expm1(0.10) + expm1(0.05))
    half = Z * 1e6 * sqrt((exp(0.10) * 0.03) ** 2 + (exp(0.05) * 0.04) ** 2)
    assert money.measured.estimate == pytest.approx(total)
    assert (money.measured.low, money.measured.high) == pytest.approx((total - half, total + half))
    assert money.shrunk.estimate < money.measured.estimate
    assert money.shrunk.low is not None
    assert money.shrunk.low < money.shrunk.estimate


def test_programme_counts_a_test_whose_control_lost_money():
    store = factories.make_store()
    past_test(store, 0.10, 0.03, is_rolled_out=True)
    # A loss of 5,000.00 a month that was halved: there is no lift, and 2,500.00 more.
    loss = past_test(store, 0.0, 0.0, is_rolled_out=True)
    amount = {"estimate": 250_000.0, "low": 150_000.0, "high": 350_000.0}
    change_effect(
        loss,
        log_lift=None,
        log_lift_error=None,
        monthly_base_minor=-500_000.0,
        monthly_measured_minor=amount,
        monthly_shown_minor=amount,
    )
    money = programme(store, now=NOW).money
    assert money is not None
    assert money.tests == 2
    total = 1e6 * expm1(0.10) + 250_000
    half = sqrt((Z * 1e6 * exp(0.10) * 0.03) ** 2 + 100_000**2)
    assert money.measured.estimate == pytest.approx(total)
    assert (money.measured.low, money.measured.high) == pytest.approx((total - half, total + half))
    assert money.shrunk.estimate > 250_000


def test_programme_leaves_out_a_test_of_which_nothing_is_known_in_money():
    store = factories.make_store()
    unknown = past_test(store, 0.0, 0.0, is_rolled_out=True)
    change_effect(unknown, log_lift=None, log_lift_error=None)
    assert programme(store, now=NOW).money is None


def test_programme_corrects_for_luck_by_the_default_prior_where_nothing_was_learned():
    store = factories.make_store()
    past_test(store, 0.10, 0.10, is_rolled_out=True)
    money = programme(store, now=NOW).money
    expected = effect_posterior(EffectLikelihood(0.10, 0.10), default_prior()).summary()
    assert money is not None
    assert expected.mean is not None
    assert expected.low is not None
    assert expected.high is not None
    assert money.shrunk.estimate == pytest.approx(1e6 * expected.mean)
    assert (money.shrunk.low, money.shrunk.high) == pytest.approx((1e6 * expected.low, 1e6 * expected.high))
    assert 0 < money.shrunk.estimate < 0.6 * money.measured.estimate


def test_programme_adds_up_what_reports_show():
    """Two tests shown as +8% (2 to 15) and +5% (1 to 8) over 10,000.00 a month each."""
    store = factories.make_store()
    for shown in ((0.08, 0.02, 0.15), (0.05, 0.01, 0.08)):
        experiment = past_test(store, 0.1, 0.05, is_rolled_out=True)
        snapshot = experiment.snapshots.get()
        effect = snapshot.report["effects"][0] | {
            "corrected_lift": dict(zip(("estimate", "low", "high"), shown, strict=True))
        }
        Snapshot.objects.filter(pk=snapshot.pk).update(report=snapshot.report | {"effects": [effect]})
    money = programme(store, now=NOW).money
    assert money is not None
    assert money.shrunk.estimate == pytest.approx(130_000)
    below, above = 1e6 * sqrt(0.06**2 + 0.04**2), 1e6 * sqrt(0.07**2 + 0.03**2)
    assert (money.shrunk.low, money.shrunk.high) == pytest.approx((130_000 - below, 130_000 + above))


def test_programme_win_rate_is_of_decided_tests():
    store = factories.make_store()
    for index in range(8):
        past_test(store, 0.1, 0.05, is_rolled_out=index < 2)
    factories.make_experiment(store)
    found = programme(store, now=NOW)
    assert (found.running, found.decided, found.rolled_out) == (1, 8, 2)
    assert found.win_rate is not None
    assert found.win_rate.estimate == 0.25
    assert (found.win_rate.low, found.win_rate.high) == pytest.approx((0.0715, 0.5907), abs=1e-4)  # Wilson, 2 of 8


def test_programme_due_decisions_begin_with_those_to_decide_now():
    store = factories.make_store()
    waiting, ready = factories.make_experiment(store), factories.make_experiment(store)
    store_report(waiting, 0.0, 0.1, code="collecting")
    store_report(ready, 0.2, 0.05, code="ship")
    past_test(store, 0.1, 0.05)
    due = programme(store, now=NOW).due
    assert [(one.experiment, one.is_now, str(one.on)) for one in due] == [
        (ready, True, "2026-12-24"),
        (waiting, False, "2026-12-24"),
    ]


def test_programme_counts_months_of_starts_and_decisions():
    store = factories.make_store()
    past_test(store, 0.1, 0.05, started_at=NOON - timedelta(days=35))
    past_test(store, 0.1, 0.05)
    months = {str(one.month): (one.started, one.decided) for one in programme(store, now=NOW).months}
    assert (months["2026-09-01"], months["2026-11-01"]) == ((1, 0), (1, 2))


def test_programme_holdout_says_what_all_offers_earn():
    store = factories.make_store()
    holdout = factories.make_experiment(store, source=Source.HOLDOUT)
    store_report(holdout, log(1.04), 0.01)
    found = programme(store, now=NOW)
    assert found.holdout is not None
    assert found.holdout.estimate == pytest.approx(40_000)
    assert (found.running, found.due) == (0, [])


def test_programme_reads_real_and_early_reports(django_assert_num_queries):
    store = factories.make_store()
    experiment = factories.make_experiment(store)
    for key in ("control", "treatment"):
        variant = experiment.variants.get(key=key)
        for number in range(60):
            bought = {"orders": 1, "has_converted": True, "revenue_minor": 4_000 + 31 * number}
            at = NOON + timedelta(hours=number)
            factories.make_exposure(variant, exposed_at=at, **(bought if number % 2 else {}))
    take_snapshot(experiment, now=NOW)
    early = factories.make_experiment(store)
    Snapshot.objects.create(experiment=early, taken_at=NOON, report={"verdict": {"code": "clear_win"}})
    with django_assert_num_queries(1):
        found = {one.experiment: one for one in known_tests(store)}
    effect = found[experiment].effect("rpv")
    assert effect is not None
    assert effect.log_lift == pytest.approx(0.0)
    per_visitor = sum(4_000 + 31 * number for number in range(1, 60, 2)) / 60
    per_month = 120 / (59 / 24) * 365.25 / 12
    assert effect.monthly_base_minor == pytest.approx(per_visitor * per_month)
    assert found[early].effects == []


def test_moment_effects_show_past_tests_beside_the_playbook():
    store = factories.make_store()
    for log_lift, error in ((0.10, 0.03), (0.02, 0.02), (0.06, 0.05)):
        past_test(store, log_lift, error)
    past_test(store, 0.5, 0.1, moment=Moment.SHIPPING)
    running = factories.make_experiment(store)
    store_report(running, 0.9, 0.1)
    found = moment_effects(known_tests(store), Moment.CART)
    assert (found.expected_low, found.expected_high) == (0.03, 0.20)
    assert sorted(round(row.measured.estimate, 4) for row in found.rows if row.measured) == [
        round(expm1(one), 4) for one in (0.02, 0.06, 0.10)
    ]
    assert found.mean is not None
    for row in found.rows:
        assert row.measured is not None
        assert row.shrunk is not None
        assert 0 < row.shrunk.estimate < row.measured.estimate
    alone = moment_effects(known_tests(store), Moment.SHIPPING)
    assert (alone.mean, len(alone.rows)) == (None, 1)
    assert moment_effects([], Moment.PAYMENT).rows == []
