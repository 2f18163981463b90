"""A report says what its exposures add up to."""

import json

import pytest

from experiments.analysis import segments
from experiments.models import Experiment, Exposure, Metric, Snapshot
from experiments.report import Report
from experiments.snapshots import analyse, take_snapshot
from tests import factories
from tests.experiments.analysis.visitors import NOW, VALUES, add

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_analyse_counts_and_values_equal_hand_computed_ones():
    experiment = factories.make_experiment(treatments=2)
    add(experiment, "control", 400, 100)
    add(experiment, "treatment", 400, 150)
    add(experiment, "treatment-2", 200, 60, values=[1000])
    report = analyse(experiment, now=NOW)
    mean = sum(VALUES) / 5
    assert report.visitors == 1000
    assert [(one.key, one.visitors, one.orders, one.revenue_minor) for one in report.variants] == [
        ("control", 400, 100, round(100 * mean)),
        ("treatment", 400, 150, round(150 * mean)),
        ("treatment-2", 200, 60, 60_000),
    ]
    assert [one.expected_share for one in report.variants] == pytest.approx([1 / 3] * 3)
    rpv = report.metric("rpv", "treatment")
    assert (rpv.control.value, rpv.treatment.value) == pytest.approx((mean / 4, mean * 150 / 400))
    assert (rpv.role, rpv.unit) == ("goal", "money")
    aov = report.metric("aov", "treatment-2")
    assert (aov.control.value, aov.treatment.value) == pytest.approx((mean, 1000))
    conversion = report.metric("conversion", "treatment").main
    assert conversion.lift is not None
    assert conversion.lift.estimate == pytest.approx(0.5)
    assert {(one.metric, one.variant) for one in report.metrics} == {
        (metric.value, variant)
        for metric in set(Metric) - {Metric.CANCELED_SHARE}
        for variant in ("treatment", "treatment-2")
    }


def test_analyse_decomposition_multiplies_to_the_whole():
    experiment = factories.make_experiment()
    add(experiment, "control", 400, 100)
    add(experiment, "treatment", 400, 120, values=[5000, 6000])
    [parts] = analyse(experiment, now=NOW).decompositions
    assert parts.rpv and parts.orders_per_visitor and parts.aov  # noqa: PT018
    assert (1 + parts.orders_per_visitor.estimate) * (1 + parts.aov.estimate) == pytest.approx(1 + parts.rpv.estimate)
    assert parts.orders_per_visitor.estimate == pytest.approx(0.2)
    assert parts.aov.estimate == pytest.approx(5500 / 4400 - 1)


def test_analyse_p_values_are_corrected_over_treatments_and_metrics():
    experiment = factories.make_experiment(treatments=2)
    add(experiment, "control", 400, 100)
    add(experiment, "treatment", 400, 118)
    add(experiment, "treatment-2", 400, 135)
    report = analyse(experiment, now=NOW)
    first, second = (report.metric("rpv", key) for key in ("treatment", "treatment-2"))
    assert first.main.p_value is not None
    assert second.main.p_value is not None
    assert second.main.p_value < first.main.p_value
    assert second.corrected_p_value == pytest.approx(2 * second.main.p_value)
    assert first.corrected_p_value == pytest.approx(max(first.main.p_value, 2 * second.main.p_value))
    others = [one for one in report.metrics if one.role != "goal" and one.main.p_value is not None]
    assert all(one.corrected_p_value >= one.main.p_value for one in others)  # type: ignore[operator]


def test_analyse_chance_loss_and_sequential_interval_stand_beside():
    experiment = factories.make_experiment(prior_sd=10.0)
    add(experiment, "control", 600, 150)
    add(experiment, "treatment", 600, 165)
    rpv = analyse(experiment, now=NOW).metric("rpv", "treatment")
    assert rpv.main.p_value is not None
    assert rpv.belief is not None
    assert rpv.belief.chance_to_win == pytest.approx(1 - rpv.main.p_value / 2, abs=0.02)  # a flat prior
    assert rpv.belief.expected_loss_ship is not None
    assert rpv.belief.expected_loss_ship > 0
    days = 10 * 599 / 600
    monthly = rpv.belief.expected_loss_ship * (840 / 7) * 365.25 / 12
    assert rpv.belief.expected_loss_monthly_minor == pytest.approx(monthly, rel=0.02)
    assert days > 7
    assert rpv.sequential is not None
    assert rpv.main.difference is not None
    assert rpv.sequential.low is not None
    assert rpv.main.difference.low is not None
    assert rpv.sequential.low < rpv.main.difference.low


def test_analyse_visitors_per_month_are_at_full_traffic():
    experiment = factories.make_experiment(traffic_share=0.5)
    add(experiment, "control", 1000, 10)
    per_month = analyse(experiment, now=NOW).visitors_per_month
    assert per_month == pytest.approx(1000 / 10 * 365.25 / 12 / 0.5, rel=0.01)


def test_analyse_take_rate_has_a_value_and_no_test():
    experiment = factories.make_experiment()
    add(experiment, "control", 100, 40)
    add(experiment, "treatment", 100, 40, has_accepted=True, upsell_minor=500)
    take_rate = analyse(experiment, now=NOW).metric("take_rate", "treatment")
    assert (take_rate.treatment.numerator, take_rate.treatment.value) == (40, 0.4)
    assert take_rate.main.difference is not None
    assert (take_rate.main.p_value, take_rate.main.lift, take_rate.main.unavailable) == (None, None, "control_is_zero")
    assert take_rate.corrected_p_value is None
    assert take_rate.belief is None


def test_analyse_refunded_share_is_of_buyers_in_points_and_lower_is_better():
    experiment = factories.make_experiment()
    add(experiment, "control", 400, 200)
    add(experiment, "treatment", 400, 200)
    for key, number in (("control", 10), ("treatment", 24)):
        buyers = Exposure.objects.filter(variant__key=key, has_converted=True).values_list("visitor_id")
        Exposure.objects.filter(visitor_id__in=buyers[:number]).update(refunded_minor=1000)
    share = analyse(experiment, now=NOW).metric("refunded_share", "treatment")
    assert (share.control.numerator, share.control.denominator) == (10, 200)
    assert (share.treatment.value, share.is_lower_better, share.is_in_points) == (0.12, True, True)
    assert share.main.difference is not None
    assert share.main.difference.estimate == pytest.approx(0.07)
    assert share.main.p_value == pytest.approx(0.01207, abs=1e-5)  # pooled z of 10 and 24 of 200: 2.5100
    assert share.belief is not None
    assert share.belief.chance_to_win is not None
    assert share.belief.expected_loss_ship is not None
    assert share.belief.chance_to_win < 0.02
    assert share.belief.expected_loss_ship == pytest.approx(0.07, abs=0.002)


def test_analyse_without_cuped_leaves_the_cart_out():
    experiment = factories.make_experiment()
    add(experiment, "control", 400, 200)
    add(experiment, "treatment", 400, 220)
    report = analyse(experiment, with_cuped=False, now=NOW)
    assert (report.adjustment.is_used, report.adjustment.unavailable) == (False, "turned_off")
    assert report.adjustment.coverage == 1.0
    assert not any(one.is_adjusted or one.without_cuped for one in report.metrics)


def test_analyse_cap_compares_capped_values_beside_uncapped_ones():
    experiment = factories.make_experiment(cap_minor=4000)
    add(experiment, "control", 400, 100)
    add(experiment, "treatment", 400, 100, values=[3000, 20_000])
    aov = analyse(experiment, with_cuped=False, now=NOW).metric("aov", "treatment")
    capped_control = (1500 + 2500 + 3 * 4000) / 5
    assert (aov.main.control, aov.main.treatment) == pytest.approx((capped_control, 3500))
    assert aov.without_cap is not None
    assert (aov.without_cap.control, aov.without_cap.treatment) == pytest.approx((4400, 11_500))
    assert (aov.control.value, aov.treatment.value) == pytest.approx((4400, 11_500))


def test_analyse_segments_compare_the_goal_within_each_value():
    experiment = factories.make_experiment()
    add(experiment, "control", 200, 50, device="phone")
    add(experiment, "treatment", 200, 80, device="phone")
    add(experiment, "treatment", 100, 20, device="desktop")
    segments = analyse(experiment, now=NOW).segments
    assert [(one.dimension, one.value, one.variant) for one in segments] == [("device", "phone", "treatment")]
    assert segments[0].control.value == pytest.approx(50 * 4400 / 200)
    assert segments[0].treatment.value == pytest.approx(80 * 4400 / 200)


def test_analyse_segments_keep_the_largest_values(monkeypatch):
    monkeypatch.setattr(segments, "VALUES_PER_DIMENSION", 2)
    experiment = factories.make_experiment()
    for country, visitors in (("DE", 30), ("FR", 10), ("GB", 20)):
        for key in ("control", "treatment"):
            add(experiment, key, visitors, 5, country=country)
    assert {one.value for one in analyse(experiment, now=NOW).segments} == {"DE", "GB"}


def test_report_as_json_is_plain_and_reads_back_the_same():
    experiment = factories.make_experiment(treatments=2)
    add(experiment, "control", 50, 12, device="phone")
    add(experiment, "treatment", 50, 1)
    report = analyse(experiment, now=NOW)
    text = json.dumps(report.as_json(), allow_nan=False)
    assert Report.from_json(json.loads(text)) == report


def test_take_snapshot_stores_the_report():
    experiment = factories.make_experiment()
    add(experiment, "control", 50, 12)
    snapshot = take_snapshot(experiment, is_look=True, now=NOW)
    stored = Snapshot.objects.get(pk=snapshot.pk)
    assert (stored.taken_at, stored.is_look) == (NOW, True)
    assert Report.from_json(stored.report) == analyse(experiment, now=NOW)


def test_analyse_any_number_of_visitors_takes_the_same_queries(django_assert_num_queries):
    experiment = factories.make_experiment()
    for visitors in (80, 400):
        add(experiment, "control", visitors, 40)
        add(experiment, "treatment", visitors, 40)
        fresh = Experiment.objects.select_related("store").get(pk=experiment.pk)
        with django_assert_num_queries(19):
            analyse(fresh, now=NOW)


def test_report_from_json_reads_a_snapshot_of_the_first_version():
    experiment = factories.make_experiment()
    data = analyse(experiment, now=NOW).as_json()
    for added in ("moment", "goal_note", "plan", "progress", "series", "monthly", "guardrails", "effects"):
        del data[added]
    for added in ("curves", "heterogeneity", "sums"):
        del data[added]
    data["verdict"]["code"] = "clear_win"
    report = Report.from_json(data)
    assert (report.verdict.code, report.plan.looks, report.progress) == ("ship", [], None)
    assert data["verdict"]["code"] == "clear_win"
