"""Each metric reads the right columns and takes the right test."""

from collections.abc import Mapping

import numpy as np
import pytest

from experiments.analysis.metrics import DEFINITIONS
from experiments.models import Metric
from experiments.reading.aggregation import Aggregate
from experiments.statistics import Summary
from experiments.statistics.priors.scale_mixture import normal_prior

ROWS = [  # orders, revenue, items, upsell, accepted, cart value
    (0, 0, 0, 0, 0, 30),
    (1, 40, 2, 0, 0, 45),
    (2, 90, 3, 10, 1, 50),
    (1, 20, 1, 0, 0, 20),
]
NAMES = ("orders", "revenue", "items", "upsell_revenue", "accepted", "cart_value")
COST = 30  # of every order, at most its revenue


def aggregate(rows=ROWS, times: int = 1) -> Aggregate:
    table = [
        dict(zip(NAMES, row, strict=True))
        | {"converted": int(row[0] > 0), "margin": max(row[1] - COST, 0), "unknown_margin": 0, "refunding": row[4]}
        for row in rows
    ] * times
    names = [*NAMES, "converted", "margin", "unknown_margin", "refunding"]
    sums: Mapping[str, int] = {name: sum(row[name] for row in table) for name in names}
    pairs = {(a, b): sum(row[a] * row[b] for row in table) for a in names for b in names if a <= b}
    return Aggregate(len(table), sums, Summary.from_sums(len(table), sums, pairs))


@pytest.mark.parametrize(
    ("metric", "numerator", "denominator"),
    [
        (Metric.RPV, 150, 4),
        (Metric.CONVERSION, 3, 4),
        (Metric.AOV, 150, 4),
        (Metric.ORDERS_PER_VISITOR, 4, 4),
        (Metric.ITEMS_PER_ORDER, 6, 4),
        (Metric.TAKE_RATE, 1, 4),
        (Metric.UPSELL_RPV, 10, 4),
        (Metric.MARGIN, 70, 4),
        (Metric.REFUNDED_SHARE, 1, 3),
    ],
)
def test_ratio_is_numerator_over_denominator(metric, numerator, denominator):
    ratio = DEFINITIONS[metric].ratio(aggregate())
    assert (ratio.numerator, ratio.denominator, ratio.value) == (numerator, denominator, numerator / denominator)


def test_ratio_of_nothing_has_no_value():
    assert DEFINITIONS[Metric.AOV].ratio(aggregate([(0, 0, 0, 0, 0, 5)])).value is None
    assert DEFINITIONS[Metric.RPV].ratio(aggregate([])).value is None


@pytest.mark.parametrize("metric", list(DEFINITIONS))
def test_compare_estimates_equal_the_ratios(metric):
    control, treatment = aggregate(times=40), aggregate([*ROWS, (1, 70, 2, 5, 1, 33)], times=40)
    definition = DEFINITIONS[metric]
    comparison = definition.compare(control, treatment, alpha=0.05)
    assert comparison.control == pytest.approx(definition.ratio(control).value)
    assert comparison.treatment == pytest.approx(definition.ratio(treatment).value)
    assert comparison.p_value is not None


@pytest.mark.parametrize("metric", list(DEFINITIONS))
def test_posterior_agrees_with_the_comparison_on_who_leads(metric):
    control, treatment = aggregate(times=40), aggregate([*ROWS, (2, 190, 7, 15, 1, 33)], times=40)
    definition = DEFINITIONS[metric]
    comparison = definition.compare(control, treatment, alpha=0.05)
    posterior = definition.posterior(control, treatment, comparison, prior=normal_prior(0.1), alpha=0.05)
    assert posterior.chance_to_win is not None
    # Whoever orders more has fewer orders canceled: of all metrics, that one falls.
    assert (posterior.chance_to_win > 0.5) == (metric != Metric.CANCELED_SHARE)
    assert (posterior.chance_to_win > 0.5) == ((comparison.estimated_difference or 0.0) > 0)


def test_ratio_of_margins_that_are_unknown_for_some_has_no_value():
    known, unknown = aggregate(), aggregate([*ROWS, (1, 9, 1, 0, 0, 5)])
    unknown.sums["unknown_margin"] = 1  # type: ignore[index]
    ratio = DEFINITIONS[Metric.MARGIN].ratio
    assert (ratio(known).value, ratio(unknown).denominator, ratio(unknown).value) == (70 / 4, 4, None)


def test_permute_margin_takes_the_margins_of_the_buyers():
    rows = np.array([[100.0, 1, 5], [300, 2, 10], [80, 1, -4]]), np.array([[50.0, 1, 30], [60, 1, 2]])
    arms = aggregate(), aggregate()
    found = DEFINITIONS[Metric.MARGIN].permute(*rows, *arms, alpha=0.05)
    assert found.control == pytest.approx(11 / 4)
    assert found.treatment == pytest.approx(32 / 4)


def test_definitions_cover_every_metric():
    assert set(DEFINITIONS) == set(Metric)
