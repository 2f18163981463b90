"""Adjustment by several covariates: from sums what statsmodels' least squares find in the rows."""

from dataclasses import dataclass

import numpy as np
import pytest
import statsmodels.api as sm

from experiments.statistics import Summary, compare_means
from experiments.statistics.regression import (
    ArmOutcome,
    CovariateMoments,
    Regression,
    adjust,
    independent,
    of_average_visitors,
)

SIZES = (1_200, 2_000)


@dataclass
class Rows:
    """Visitors of an arm: covariates, shape (visitors, 4), and what they paid."""

    known: np.ndarray
    paid: np.ndarray


def rows(visitors: int, seed: int, *, effect: float = 0.0) -> Rows:
    random = np.random.default_rng(seed)
    phone, items = random.random(visitors) < 0.5, random.poisson(2.0, visitors)
    cart = np.exp(random.standard_normal(visitors))
    known = np.column_stack([cart, items, phone, random.standard_normal(visitors)]).astype(np.float64)
    paid = 10 + 3 * cart + items * (1 + effect) - 2 * phone + effect + random.standard_normal(visitors)
    return Rows(known, paid)


def covariates_of(arm: Rows) -> CovariateMoments:
    products = {"revenue": arm.paid @ arm.known}
    return CovariateMoments(len(arm.paid), arm.known.sum(axis=0), arm.known.T @ arm.known, products)


def outcome_of(arm: Rows) -> ArmOutcome:
    comoment = float(((arm.paid - arm.paid.mean()) ** 2).sum())
    return ArmOutcome(covariates_of(arm), {"revenue": float(arm.paid.mean())}, {"revenue": 1.0}, comoment)


def adjusted(control: Rows, treatment: Rows) -> Regression:
    found = adjust(outcome_of(control), outcome_of(treatment))
    assert found is not None
    return found


@pytest.fixture
def arms() -> tuple[Rows, Rows]:
    return rows(SIZES[0], 1), rows(SIZES[1], 2, effect=0.7)


def test_adjust_difference_is_that_of_statsmodels_with_interactions(arms):
    """W. Lin (2013): the coefficient of treatment beside covariates about their mean and their interactions."""
    control, treatment = arms
    paid = np.concatenate([control.paid, treatment.paid])
    known = np.vstack([control.known, treatment.known])
    is_treated = np.repeat([0.0, 1.0], SIZES)
    centred = known - known.mean(axis=0)
    design = np.column_stack([np.ones_like(is_treated), is_treated, centred, centred * is_treated[:, None]])
    fitted = sm.OLS(paid, design).fit()
    found = adjusted(control, treatment)
    values = control.paid.mean() - found.shifts[0], treatment.paid.mean() - found.shifts[1]
    assert values[0] == pytest.approx(fitted.params[0], rel=1e-9)
    assert values[1] - values[0] == pytest.approx(fitted.params[1], rel=1e-9)


def test_adjust_keeps_the_residual_variance_of_statsmodels_in_each_arm(arms):
    left = total = 0.0
    for arm in arms:
        fitted = sm.OLS(arm.paid, sm.add_constant(arm.known)).fit()
        left += fitted.mse_resid * (len(arm.paid) - 1)
        total += fitted.centered_tss
    assert adjusted(*arms).kept == pytest.approx(left / total, rel=1e-9)


def test_adjust_by_groups_is_post_stratification():
    """With an indicator for each group but one, an arm's value is its groups' means, weighed by the groups of both."""
    random = np.random.default_rng(3)
    arms, groups = [], []
    for visitors, shares in zip(SIZES, ([0.5, 0.3, 0.2], [0.4, 0.3, 0.3]), strict=True):
        group = random.choice(3, size=visitors, p=shares)
        groups.append(group)
        indicators = np.column_stack([group == 1, group == 2]).astype(np.float64)
        arms.append(Rows(indicators, 5.0 * group + random.standard_normal(visitors)))
    weights = np.bincount(np.concatenate(groups)) / sum(SIZES)
    for arm, group, shift in zip(arms, groups, adjusted(*arms).shifts, strict=True):
        means = [arm.paid[group == number].mean() for number in range(3)]
        assert arm.paid.mean() - shift == pytest.approx(float(weights @ means), rel=1e-9)


def test_adjust_leaves_constant_and_repeated_covariates_out(arms):
    plain = adjusted(*arms)
    wider = []
    for arm in arms:
        repeated = 2 * arm.known[:, :1] + 3
        wider.append(Rows(np.hstack([arm.known, np.ones_like(repeated), repeated]), arm.paid))
    found = adjusted(*wider)
    assert (found.covariates, plain.covariates) == (4, 4)
    assert found.kept == pytest.approx(plain.kept, rel=1e-6)
    assert found.shifts == pytest.approx(plain.shifts, rel=1e-6)


def test_adjust_needs_a_hundred_visitors_an_arm_for_each_covariate():
    assert adjust(outcome_of(rows(400, 1)), outcome_of(rows(400, 2))) is not None
    assert adjust(outcome_of(rows(399, 1)), outcome_of(rows(400, 2))) is None


def test_adjust_without_anything_that_varies_is_none():
    flat = [Rows(np.ones((500, 2)), rows(500, seed).paid) for seed in (1, 2)]
    assert adjust(outcome_of(flat[0]), outcome_of(flat[1])) is None
    assert independent(np.zeros((3, 3))) == []


def test_covariate_sums_of_parts_add_up_and_are_taken_away(arms):
    control, treatment = (covariates_of(arm) for arm in arms)
    both = control + treatment
    known = np.vstack([arm.known for arm in arms])
    assert both.n == sum(SIZES)
    assert both.comoments == pytest.approx((known - known.mean(axis=0)).T @ (known - known.mean(axis=0)))
    back = both - treatment
    assert back.n == control.n
    assert back.products["revenue"] == pytest.approx(control.products["revenue"])
    halved = control.scaled({"revenue": 0.5})
    assert halved.products["revenue"] == pytest.approx(0.5 * control.products["revenue"])
    assert halved.sums is control.sums


def test_of_average_visitors_has_the_adjusted_value_and_error(arms):
    control, treatment = arms
    found = adjusted(control, treatment)
    moved, plain = [], []
    for arm, shift in zip(arms, found.shifts, strict=True):
        total = float(arm.paid.sum())
        summary = Summary.from_sums(
            len(arm.paid), {"revenue": total}, {("revenue", "revenue"): float((arm.paid**2).sum())}
        )
        mean = total / len(arm.paid)
        plain.append(summary)
        moved.append(of_average_visitors(summary, "revenue", (mean - shift) / mean, found.kept))
    before = compare_means(plain[0], plain[1], "revenue", method="welch")
    after = compare_means(moved[0], moved[1], "revenue", method="welch")
    assert after.control == pytest.approx(control.paid.mean() - found.shifts[0])
    assert after.treatment == pytest.approx(treatment.paid.mean() - found.shifts[1])
    # But for the value's own move, of a thousandth.
    assert before.standard_error is not None
    assert after.standard_error is not None
    assert (after.standard_error / before.standard_error) ** 2 == pytest.approx(found.kept, rel=0.05)
