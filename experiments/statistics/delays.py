"""How long outcomes take: the share of an amount that has arrived by an age, from cohorts of which some are still
young.

What hasn't arrived yet can't be seen, so delays are truncated on the right: a cohort of two days tells of delays up
to two days alone. In reversed time that is late entry, which the product-limit estimate knows (Kaplan and Meier 1958;
for truncated delays Lagakos, Barraj, De Gruttola 1988). Weighted by money it is the actuaries' chain ladder.
statsmodels' ``SurvfuncRight(entry=..., freq_weights=...)`` gives the same figures, and tests hold ours to it; scipy's
``ecdf`` has neither late entry nor weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from experiments.statistics.survival import hazards, product_limit

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Amounts by cohort and age.

    - ``amounts``: shape (cohorts, ages), what arrived in each step of age, never negative.
    - ``observed``: by cohort, how many steps of age have passed wholly; what arrived later is left out.
    """

    amounts: Floats
    observed: NDArray[np.int64]

    def seen(self) -> tuple[Floats, Floats]:
        """Return by step what arrived in it, and what had arrived by its end, of the cohorts that have passed it."""
        has_passed = np.arange(self.amounts.shape[1])[None, :] < self.observed[:, None]
        arrived = np.where(has_passed, self.amounts, 0.0)
        by_then = np.where(has_passed, np.cumsum(self.amounts, axis=1), 0.0)
        return arrived.sum(axis=0), by_then.sum(axis=0)

    def complete(self) -> float:
        """Return what has arrived in the cohorts that have passed every step."""
        return float(self.amounts[self.observed >= self.amounts.shape[1]].sum())


def late_shares(arrived: Floats, by_then: Floats) -> Floats:
    """Return for each step which share of what had arrived by its end came in it; 0 where nothing had arrived."""
    return hazards(arrived, by_then)


def arrival_shares(late: Floats) -> Floats:
    """Return the share that has arrived by the end of each step, of all that arrives by the end of the last one.

    ``late``: as `late_shares` gives it. Nothing that arrived by a step's end has, at an earlier step, but what didn't
    come in the steps between: the product of ``1 - late`` over them.
    """
    shares = np.ones_like(late)
    shares[:-1] = product_limit(late[1:][::-1])[::-1]
    return shares


def arrival_curve(cohorts: Cohorts) -> Floats:
    """Return the share of the amount that arrives by the end of each step of age."""
    return arrival_shares(late_shares(*cohorts.seen()))


def delay_difference(groups: list[Cohorts]) -> float | None:
    """Return the p-value of "all groups have the same delays"; ``None`` where nothing can be compared.

    The log-rank test (Mantel 1966) in reversed time, on numbers of orders: at each step, how many of those that had
    arrived came last, against what the groups together say. Whole numbers are needed: amounts of money are no events.
    """
    arrived_by_group, at_risk_by_group = [], []
    for group in groups:
        arrived_in_step, arrived_by_end = group.seen()
        arrived_by_group.append(arrived_in_step)
        at_risk_by_group.append(arrived_by_end)
    # shape (groups, steps)
    arrived, at_risk = np.stack(arrived_by_group), np.stack(at_risk_by_group)
    all_arrived, all_at_risk = arrived.sum(axis=0), at_risk.sum(axis=0)
    # the first step has no choice: whatever had arrived by its end came in it
    is_informative = (all_at_risk > 1) & (all_arrived > 0) & (all_arrived < all_at_risk)
    if not is_informative.any():
        return None
    gap, covariance = log_rank(arrived[:, is_informative], at_risk[:, is_informative])
    # a group that nothing ever arrived in has no variance, and nothing to compare
    if np.linalg.matrix_rank(covariance) < len(gap):
        return None
    statistic = gap @ np.linalg.solve(covariance, gap)
    return float(chdtrc(len(gap), statistic))


def log_rank(arrived: Floats, at_risk: Floats) -> tuple[Floats, Floats]:
    """Return how many more arrived last in each group than all groups together let expect, and the covariance of that.

    ``arrived`` and ``at_risk`` have the shape (groups, steps). The last group is left out of both: the gaps add up to
    nothing, so that it would tell nothing new. Where so many arrive of so many at risk, how they fall on the groups is
    hypergeometric (Mantel 1966).
    """
    all_arrived, all_at_risk = arrived.sum(axis=0), at_risk.sum(axis=0)
    share = at_risk / all_at_risk
    gap = (arrived - share * all_arrived).sum(axis=1)
    # the hypergeometric variance of a step is this times share (1 - share), its covariances times -share share'
    scale = all_arrived * (all_at_risk - all_arrived) / (all_at_risk - 1)
    variances = np.diag((share * scale).sum(axis=1))
    covariance = variances - np.einsum("it,jt,t->ij", share, share, scale)
    return gap[:-1], covariance[:-1, :-1]
