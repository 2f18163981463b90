"""A metric adjusted by several covariates: what is compared, and when nothing is."""

import numpy as np
import pytest

from experiments.analysis.metrics import DEFINITIONS
from experiments.analysis.regressed import regression_of
from experiments.models import Metric
from experiments.reading.aggregation import Aggregate, aggregate_of
from experiments.statistics import Comparison
from experiments.statistics.regression import CovariateMoments


def arm(visitors: int, seed: int, *, conversion: float = 0.3, is_offered: bool = True) -> Aggregate:
    """An arm whose returning visitors buy twice as often, and who pay as much as is in their carts."""
    random = np.random.default_rng(seed)
    returning, cart = random.random(visitors) < 0.4, np.rint(np.exp(3 + random.standard_normal(visitors)))
    buys = random.random(visitors) < conversion * (1 + returning)
    accepts = buys & (random.random(visitors) < 0.5) & is_offered
    known = np.column_stack([cart, returning]).astype(np.float64)
    columns = {"revenue": np.where(buys, cart, 0.0), "orders": buys * 1.0, "converted": buys * 1.0, "accepted": accepts}
    columns["margin"] = columns["revenue"] / 2
    values: dict[tuple[str, ...], int] = {}
    products = {}
    for name, column in columns.items():
        values[name,] = round(float(column.sum()))
        products[name] = column @ known
    for a, b in (("revenue", "revenue"), ("orders", "orders"), ("orders", "revenue")):
        values[a, b] = round(float((columns[a] * columns[b]).sum()))
    for key in (("revenue",) * 3, ("orders", "revenue", "revenue"), ("orders", "orders", "revenue"), ("orders",) * 3):
        values[key] = round(float(np.prod([columns[name] for name in key], axis=0).sum()))
    sums = CovariateMoments(visitors, known.sum(axis=0), known.T @ known, products)
    return aggregate_of(visitors, values).with_covariates(sums)


def width(comparison: Comparison) -> float:
    interval = comparison.difference
    assert interval is not None
    assert interval.low is not None
    assert interval.high is not None
    return interval.high - interval.low


@pytest.fixture
def arms() -> tuple[Aggregate, Aggregate]:
    return arm(1_000, 1), arm(1_000, 2)


@pytest.mark.parametrize("metric", [Metric.RPV, Metric.CONVERSION, Metric.ORDERS_PER_VISITOR, Metric.AOV])
def test_compare_with_covariates_narrows_the_interval_about_the_adjusted_difference(arms, metric):
    definition = DEFINITIONS[metric]
    plain = definition.compare(*arms, alpha=0.05)
    adjusted = definition.compare(*arms, alpha=0.05, has_covariate=True)
    regression = regression_of(definition, *arms)
    assert regression is not None
    assert adjusted.variance_reduction == pytest.approx(1 - regression.kept)
    assert plain.variance_reduction is None
    shifts = regression.shifts
    assert plain.estimated_difference is not None
    assert adjusted.estimated_difference == pytest.approx(plain.estimated_difference - shifts[1] + shifts[0])
    widths = [width(one) for one in (plain, adjusted)]
    assert widths[1] / widths[0] == pytest.approx(regression.kept**0.5, rel=0.05)
    assert adjusted.method == plain.method


def test_compare_take_rate_moves_the_treatments_own_rate_alone():
    control, treatment = arm(1_000, 1, is_offered=False), arm(1_000, 2)
    definition = DEFINITIONS[Metric.TAKE_RATE]
    found = definition.compare(control, treatment, alpha=0.05, has_covariate=True)
    plain = definition.compare(control, treatment, alpha=0.05)
    assert found.control == plain.control == 0
    assert found.treatment != plain.treatment
    assert found.treatment == pytest.approx(plain.treatment, abs=0.02)
    assert found.variance_reduction is not None
    assert found.variance_reduction > 0


@pytest.mark.parametrize(
    ("visitors", "conversion"), [(199, 0.3), (1_000, 0.01)], ids=["few visitors for two covariates", "few buyers"]
)
def test_compare_without_enough_is_not_adjusted(visitors, conversion):
    few = arm(visitors, 1, conversion=conversion), arm(1_000, 2)
    for metric in (Metric.RPV, Metric.CONVERSION):
        definition = DEFINITIONS[metric]
        assert regression_of(definition, *few) is None
        found = definition.compare(*few, alpha=0.05, has_covariate=True)
        assert found == definition.compare(*few, alpha=0.05)


def test_compare_turned_off_is_not_adjusted(arms):
    found = DEFINITIONS[Metric.RPV].compare(*arms, alpha=0.05, has_covariate=False)
    assert found.variance_reduction is None
