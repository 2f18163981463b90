"""Figures that are missing, or too few, are said to be so in a report and never made up."""

import math
from collections.abc import Iterable

import pytest
from django.db.models import F

from experiments.models import Exposure, Metric, Source
from experiments.snapshots import analyse
from tests import factories
from tests.experiments.analysis.visitors import NOW, VALUES, add

pytestmark = pytest.mark.django_db


def test_analyse_what_was_never_recorded_is_said_to_be_missing():
    experiment = factories.make_experiment(source=Source.IMPORTED)
    add(experiment, "control", 100, 40)
    add(experiment, "treatment", 100, 40)
    Exposure.objects.update(items=0)
    items = analyse(experiment, now=NOW).metric("items_per_order", "treatment").main
    assert (items.p_value, items.unavailable) == (None, "missing_sums")


@pytest.mark.slow
def test_analyse_no_refunds_at_all_is_zero_for_a_store_and_unknown_for_a_file():
    for source, reason in ((Source.LIVE, "zero_variance"), (Source.IMPORTED, "missing_sums")):
        experiment = factories.make_experiment(source=source)
        add(experiment, "control", 100, 40)
        add(experiment, "treatment", 100, 40)
        assert analyse(experiment, now=NOW).metric("refunded_share", "treatment").main.unavailable == reason


def test_analyse_few_cart_values_are_not_used():
    experiment = factories.make_experiment()
    add(experiment, "control", 100, 40)
    add(experiment, "treatment", 100, 40, has_cart=False)
    adjustment = analyse(experiment, now=NOW).adjustment
    assert (adjustment.is_used, adjustment.coverage, adjustment.unavailable) == (False, 0.5, "too_few_cart_values")


def test_analyse_empty_experiment_is_a_report():
    report = analyse(factories.make_experiment(), now=NOW)
    assert (report.visitors, report.verdict.code) == (0, "collecting")
    assert all(one.main.unavailable and one.main.p_value is None for one in report.metrics)


def test_analyse_experiment_without_variants_is_a_report():
    experiment = factories.make_experiment()
    experiment.variants.all().delete()
    report = analyse(experiment, now=NOW)
    assert (report.variants, report.metrics, report.decompositions) == ([], [], [])


@pytest.mark.slow
def test_analyse_goal_that_is_not_recorded_is_a_report():
    experiment = factories.make_experiment(goal_metric=Metric.MARGIN)
    add(experiment, "control", 300, 150)
    add(experiment, "treatment", 300, 150)
    Exposure.objects.filter(has_converted=True).update(margin_minor=None)
    report = analyse(experiment, now=NOW)
    margin = report.metric("margin", "treatment")
    assert (margin.main.unavailable, margin.sequential, margin.belief) == ("missing_sums", None, None)
    assert report.verdict.headline == "The margin is unknown for 300 visitors: a product's cost is missing."
    assert (report.verdict.code, report.segments) == ("collecting", [])


@pytest.mark.slow
def test_analyse_margin_of_one_visitor_unknown_is_not_compared():
    experiment = factories.make_experiment(goal_metric=Metric.MARGIN)
    add(experiment, "control", 300, 150)
    add(experiment, "treatment", 300, 150)
    Exposure.objects.filter(has_converted=True).update(margin_minor=F("revenue_minor") / 2)
    known = analyse(experiment, now=NOW).metric("margin", "treatment")
    assert known.control.value == pytest.approx(sum(VALUES) / 5 / 2 / 2)
    assert (known.role, known.main.unavailable, known.main.lift and known.main.lift.estimate) == ("goal", None, 0)
    buyers = Exposure.objects.filter(has_converted=True, variant__key="treatment").values_list("visitor_id")
    Exposure.objects.filter(visitor_id__in=buyers[:1]).update(margin_minor=None)
    report = analyse(experiment, now=NOW)
    unknown = report.metric("margin", "treatment")
    assert (unknown.main.unavailable, unknown.main.p_value, unknown.main.lift) == ("unknown_costs", None, None)
    assert (unknown.treatment.denominator, unknown.treatment.value, unknown.sequential) == (299, None, None)
    assert report.health.unknown_margin == 1
    assert report.verdict.headline == "The margin is unknown for 1 visitor: a product's cost is missing."


@pytest.mark.parametrize("buyers", [0, 1, 5, 12, 40])
def test_analyse_thin_data_gives_numbers_or_reasons_never_nan(buyers):
    experiment = factories.make_experiment()
    add(experiment, "control", 60, buyers)
    add(experiment, "treatment", 60, max(buyers - 1, 0))

    def numbers(value: object) -> Iterable[float]:
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            for one in value:
                yield from numbers(one)
        elif isinstance(value, float):
            yield value

    data = analyse(experiment, now=NOW).as_json()
    assert all(math.isfinite(number) for number in numbers(data))
    for metric in data["metrics"]:
        assert metric["main"]["p_value"] is not None or metric["main"]["unavailable"], metric["metric"]


@pytest.mark.slow
def test_analyse_few_buyers_are_permuted():
    experiment = factories.make_experiment()
    add(experiment, "control", 200, 20)
    add(experiment, "treatment", 200, 24)
    for metric in ("rpv", "aov"):
        main = analyse(experiment, now=NOW).metric(metric, "treatment").main
        assert main.method == "permutation"
        assert main.p_value is not None
        assert main.p_value > 0.3
        assert main.monte_carlo_error is not None
        assert main.lift is not None
        assert main.control is not None
        assert main.lift.low is not None
        assert main.lift.high is not None
        assert main.lift.low < 0 < main.lift.high
    rpv = analyse(experiment, now=NOW).metric("rpv", "treatment")
    assert rpv.main.control == pytest.approx(20 * 4400 / 200)


def test_analyse_hardly_any_buyers_are_too_few():
    experiment = factories.make_experiment()
    add(experiment, "control", 200, 9)
    add(experiment, "treatment", 200, 40)
    main = analyse(experiment, now=NOW).metric("rpv", "treatment").main
    assert (main.p_value, main.unavailable) == (None, "too_few_orders")


@pytest.mark.parametrize(("without", "is_used"), [(10, True), (11, False)])
def test_analyse_cart_values_are_used_from_95_percent_on(without, is_used):
    experiment = factories.make_experiment()
    add(experiment, "control", 100, 40)
    add(experiment, "treatment", 100 - without, 40)
    add(experiment, "treatment", without, 0, has_cart=False)
    adjustment = analyse(experiment, now=NOW).adjustment
    assert (adjustment.is_used, adjustment.coverage) == (is_used, 1 - without / 200)
