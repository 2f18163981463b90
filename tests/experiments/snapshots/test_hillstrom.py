"""A real experiment's report against the same figures computed from its file, by numpy, scipy and statsmodels alone.

Hillstrom (2008): 64,000 customers, two e-mails and none, what they spent in two weeks; ``history`` is what they had
spent in the year before.
"""

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from django.core.management import call_command
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from demo.management.commands.load_demo import HILLSTROM_COLUMNS
from experiments.models import Experiment
from experiments.report import Range, Report, SegmentResult
from experiments.snapshots import analyse

pytestmark = pytest.mark.django_db

FILE = Path(__file__).parents[3] / "demo/data" / "hillstrom.csv.gz"
ARMS = {"mens-e-mail": "Mens E-Mail", "womens-e-mail": "Womens E-Mail"}
CONTROL = "No E-Mail"
SEGMENTS = ("channel", "zip_code", "newbie")


@dataclass
class Table:
    """The file's columns; money in cents."""

    arm: NDArray[np.str_]
    spend: NDArray[np.float64]
    history: NDArray[np.float64]
    converted: NDArray[np.float64]
    columns: dict[str, NDArray[np.str_]]

    def of(self, values: NDArray[np.float64], arm: str) -> NDArray[np.float64]:
        """An arm's values."""
        found: NDArray[np.float64] = values[self.arm == arm]
        return found


def read() -> Table:
    with gzip.open(FILE, "rt") as file:
        rows = list(csv.DictReader(file))
    cents = {name: np.round(np.array([float(row[name]) for row in rows]) * 100) for name in ("spend", "history")}
    return Table(
        arm=np.array([row["segment"] for row in rows]),
        spend=cents["spend"],
        history=cents["history"],
        converted=np.array([float(row["conversion"]) for row in rows]),
        columns={name: np.array([row[name] for row in rows]) for name in SEGMENTS},
    )


@pytest.mark.slow
def test_hillstrom_report_agrees_with_the_file():
    call_command("import_experiment", FILE, **HILLSTROM_COLUMNS)
    experiment, table = Experiment.objects.select_related("store").get(key="hillstrom"), read()
    adjusted, plain = analyse(experiment), analyse(experiment, with_cuped=False)
    assert (plain.visitors, plain.plan.design) == (64_000, "fixed")
    for key, arm in ARMS.items():
        check_revenue(plain, key, table, arm)
        check_order_value(plain, key, table, arm)
        check_conversion(plain, key, table, arm)
        check_decomposition(plain, key, table, arm)
        check_adjustment(adjusted, key, table, arm)
        check_heterogeneity(plain, key, table, arm)
    check_belief(plain)
    for segment in plain.segments:
        check_segment(segment, table)
    values = {(name, str(value)) for name in SEGMENTS for value in np.unique(table.columns[name])}
    assert {(one.dimension, one.value) for one in plain.segments} == values
    assert len(plain.segments) == 2 * len(values)
    check_sums(plain, table)


def check_revenue(report: Report, key: str, table: Table, arm: str) -> None:
    """RPV: values and lift to the last digit; p and interval near Welch's, which does well at arms of 21,000."""
    control, treatment = table.of(table.spend, CONTROL), table.of(table.spend, arm)
    result = report.metric("rpv", key)
    assert (result.control.numerator, result.control.denominator) == (control.sum(), len(control))
    assert result.main.method == "score"
    assert result.main.lift is not None
    assert result.main.lift.estimate == pytest.approx(treatment.mean() / control.mean() - 1)
    welch = stats.ttest_ind(treatment, control, equal_var=False)
    assert result.main.p_value == pytest.approx(welch.pvalue, rel=0.35, abs=2e-4)
    interval, ours = welch.confidence_interval(), result.main.difference
    assert ours is not None
    assert ours.estimate == pytest.approx(treatment.mean() - control.mean())
    width = interval.high - interval.low
    assert (ours.low, ours.high) == pytest.approx(
        (interval.low, interval.high), abs=0.15 * width
    )  # 122 buyers in control: skewed


def check_belief(report: Report) -> None:
    """The men's e-mail more than doubled revenue: belief and test agree, although few tests find as much."""
    result = report.metric("rpv", "mens-e-mail")
    lift, belief = result.main.lift, result.belief
    assert lift is not None
    assert belief is not None
    assert belief.mean is not None
    assert (lift.estimate, lift.low, lift.high) == pytest.approx((1.17, 0.57, 2.27), abs=0.05)
    assert belief.mean == pytest.approx(lift.estimate, abs=0.15)
    assert (belief.low, belief.high) == pytest.approx((lift.low, lift.high), abs=0.35)
    assert belief.chance_to_win is not None
    assert belief.chance_to_win > 0.999
    # The same by a prior that was learned from one's own tests, where there are some: here there are none.
    assert result.corrected is not None
    assert result.corrected.lift == Range(belief.mean, belief.low, belief.high)
    assert result.corrected.past_tests == 0
    assert result.corrected.chance_of_more == pytest.approx(0.05, abs=0.02)


def check_order_value(report: Report, key: str, table: Table, arm: str) -> None:
    """AOV: every buyer of the file has one order, so that it is the buyers' mean."""
    arms = [table.of(table.spend, one)[table.of(table.converted, one) > 0] for one in (CONTROL, arm)]
    last = [point for point in report.series.points if point.variant == key][-1]
    assert (last.visitors, last.is_open) == (int(np.isin(table.arm, [CONTROL, arm]).sum()), False)
    main = report.metric("aov", key).main
    assert (main.control, main.treatment) == pytest.approx((arms[0].mean(), arms[1].mean()))
    welch = stats.ttest_ind(arms[1], arms[0], equal_var=False)
    assert main.p_value == pytest.approx(welch.pvalue, abs=0.04)


def check_conversion(report: Report, key: str, table: Table, arm: str) -> None:
    """Conversion: the pooled z test, Newcombe's interval and Miettinen and Nurminen's, all by statsmodels."""
    (buyers_c, n_c), (buyers_t, n_t) = (
        (int(values.sum()), len(values)) for values in (table.of(table.converted, one) for one in (CONTROL, arm))
    )
    main = report.metric("conversion", key).main
    assert main.p_value == pytest.approx(proportions_ztest([buyers_t, buyers_c], [n_t, n_c])[1], rel=1e-9)
    counts = (buyers_t, n_t, buyers_c, n_c)
    newcombe = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
    assert main.difference is not None
    assert (main.difference.low, main.difference.high) == pytest.approx(newcombe, rel=1e-6)
    ratio = confint_proportions_2indep(*counts, method="score", compare="ratio")
    assert main.lift is not None
    assert (main.lift.low, main.lift.high) == pytest.approx([end - 1 for end in ratio], rel=1e-3)


def check_decomposition(report: Report, key: str, table: Table, arm: str) -> None:
    """The waterfall's parts multiply to the whole, each from the file."""
    parts = next(one for one in report.decompositions if one.variant == key)
    orders = table.of(table.converted, arm).mean() / table.of(table.converted, CONTROL).mean() - 1
    total = table.of(table.spend, arm).mean() / table.of(table.spend, CONTROL).mean() - 1
    assert parts.orders_per_visitor is not None
    assert parts.aov is not None
    assert parts.rpv is not None
    assert parts.orders_per_visitor.estimate == pytest.approx(orders)
    assert parts.rpv.estimate == pytest.approx(total)
    assert parts.aov.estimate == pytest.approx((1 + total) / (1 + orders) - 1)


def check_adjustment(report: Report, key: str, table: Table, arm: str) -> None:
    """CUPED with ``history``: adjusted means and the variance that is left; p near that of a regression."""
    is_in = (table.arm == CONTROL) | (table.arm == arm)
    spend, history, treated = table.spend[is_in], table.history[is_in], (table.arm[is_in] == arm).astype(float)
    theta = np.cov(spend, history)[0, 1] / history.var(ddof=1)
    shifted = spend - theta * (history - history.mean())
    result = report.metric("rpv", key)
    assert result.is_adjusted
    assert result.main.control == pytest.approx(shifted[treated == 0].mean())
    assert result.main.treatment == pytest.approx(shifted[treated == 1].mean())
    raw, left = (
        sum(values[treated == side].var(ddof=1) / (treated == side).sum() for side in (0, 1))
        for values in (spend, shifted)
    )
    assert result.variance_reduction == pytest.approx(1 - left / raw, abs=5e-4)
    regression = sm.OLS(spend, sm.add_constant(np.column_stack([treated, history]))).fit(cov_type="HC1")
    assert result.main.p_value == pytest.approx(regression.pvalues[1], rel=0.35, abs=2e-4)
    assert result.main.standard_error == pytest.approx(regression.bse[1], rel=0.1)  # ours pools both arms


def check_segment(segment: SegmentResult, table: Table) -> None:
    """Values, numerators and denominators within a segment; p near Welch's where many bought."""
    inside = table.columns[segment.dimension] == segment.value
    arms = [table.spend[inside & (table.arm == one)] for one in (CONTROL, ARMS[segment.variant])]
    assert (segment.control.numerator, segment.control.denominator) == (arms[0].sum(), len(arms[0]))
    assert (segment.treatment.numerator, segment.treatment.denominator) == (arms[1].sum(), len(arms[1]))
    assert segment.estimate.lift is not None
    assert segment.estimate.lift.estimate == pytest.approx(arms[1].mean() / arms[0].mean() - 1)
    welch = stats.ttest_ind(arms[1], arms[0], equal_var=False).pvalue
    assert segment.estimate.p_value == pytest.approx(welch, abs=0.06)
    assert segment.corrected_p_value is not None
    assert segment.estimate.p_value is not None
    assert segment.corrected_p_value >= segment.estimate.p_value


def check_heterogeneity(report: Report, key: str, table: Table, arm: str) -> None:
    """Cochran's Q of log ratios with errors by the delta method."""
    for name in SEGMENTS:
        effects, variances = [], []
        for value in np.unique(table.columns[name]):
            inside = table.columns[name] == value
            control, treatment = (table.spend[inside & (table.arm == one)] for one in (CONTROL, arm))
            effects.append(np.log(treatment.mean() / control.mean()))
            variances.append(sum(one.var(ddof=1) / len(one) / one.mean() ** 2 for one in (control, treatment)))
        weights = 1 / np.array(variances)
        centre = np.average(effects, weights=weights)
        q = float((weights * (np.array(effects) - centre) ** 2).sum())
        found = next(one for one in report.heterogeneity if (one.dimension, one.variant) == (name, key))
        assert found.df == len(effects) - 1
        assert found.q == pytest.approx(q, rel=1e-6)
        assert found.p_value == pytest.approx(stats.chi2.sf(q, len(effects) - 1), rel=1e-6)


def check_sums(report: Report, table: Table) -> None:
    """The sums behind the numbers are the file's, to the cent, in every power."""
    by_variant = {one.variant: one for one in report.sums}
    for key, arm in (ARMS | {"no-e-mail": CONTROL}).items():
        spend = [int(value) for value in table.of(table.spend, arm)]
        history = [int(value) for value in table.of(table.history, arm)]
        sums = by_variant[key].sums
        assert by_variant[key].visitors == len(spend)
        assert sums["revenue"] == sum(spend)
        assert sums["revenue_x_revenue"] == sum(one**2 for one in spend)
        assert sums["revenue_x_revenue_x_revenue"] == sum(one**3 for one in spend)
        assert sums["revenue_x_cart_value"] == sum(a * b for a, b in zip(spend, history, strict=True))
