"""What each metric is, and how two variants are compared on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from experiments.analysis.estimates import of_size
from experiments.analysis.regressed import regressed_arms, regressed_shares
from experiments.models import Metric
from experiments.reading.aggregation import Aggregate
from experiments.reading.covariates import ADJUSTED
from experiments.reading.sums import COVARIATE
from experiments.report import Ratio, Unit
from experiments.statistics import (
    BuyerRows,
    Comparison,
    Posterior,
    Proportion,
    Summary,
    beta_binomial,
    compare_means,
    compare_proportions,
    compare_ratios,
    permutation_test,
)
from experiments.statistics.money.arms import MetricColumns
from experiments.statistics.priors.posterior import posterior_figures
from experiments.statistics.priors.scale_mixture import EffectPrior

VISITORS = "visitors"
# One less than a round number: with the order that was observed, p-values are counted in ten-thousandths.
DRAWS = 9_999
# Each draw shuffles every buyer, and a page waits for it: of many buyers, fewer draws.
FEWER_DRAWS, MANY_BUYERS = 1_999, 20_000

Rows = npt.NDArray[np.float64]
Method = Literal["auto", "welch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A metric: numerator over denominator, columns of a summary or ``visitors``.

    ``name``: what a store calls a metric of its own, whose ``metric`` is its code; empty of Offerlift's own metrics.
    ``is_of_offer``: only who is shown an offer can have it, so that control has no value to compare with.
    ``is_lower_better``: a rise is bad. ``is_in_points``: its difference is what to read, not its lift.
    ``is_complement``: the units that are not in the numerator's column are counted.
    """

    metric: str
    unit: Unit
    numerator: str
    denominator: str = VISITORS
    name: str = ""
    is_of_offer: bool = False
    is_lower_better: bool = False
    is_in_points: bool = False
    is_complement: bool = False

    @property
    def label(self) -> str:
        """What pages call it."""
        return self.name or str(Metric(self.metric).label)

    @property
    def is_custom(self) -> bool:
        """Whether a store defined it, so that its columns are those of its products' sums."""
        return bool(self.name)

    @property
    def is_proportion(self) -> bool:
        """Whether each unit counts as one or none."""
        return self.unit == "share"

    @property
    def is_revenue(self) -> bool:
        """Whether it is a mean or ratio of net revenue, which a cap applies to."""
        return self.numerator == "revenue"

    @property
    def is_adjustable(self) -> bool:
        """Whether the covariate applies to it: to revenue, and to orders per visitor, which it is a multiple of."""
        return self.is_revenue or self.metric == Metric.ORDERS_PER_VISITOR

    @property
    def is_regressed(self) -> bool:
        """Whether the covariates of a test that has several apply to it: to all that is added up with them."""
        if self.is_complement or self.denominator not in {VISITORS, "orders"}:
            return False
        return self.numerator in ADJUSTED

    @property
    def columns(self) -> MetricColumns:
        """Its columns as the statistics know them: per visitor it is a mean, without a denominator."""
        if self.denominator == VISITORS:
            return MetricColumns(self.numerator)
        return MetricColumns(self.numerator, self.denominator)

    @property
    def summed_columns(self) -> frozenset[str]:
        """The columns whose sums it is computed from."""
        columns = {self.numerator}
        if self.denominator != VISITORS:
            columns.add(self.denominator)
        if self.numerator == "margin":
            columns.add("unknown_margin")
        return frozenset(columns)

    @property
    def is_skewed(self) -> bool:
        """Whether it is money of whole orders, for which the test has to mind the skew."""
        return self.numerator in {"revenue", "margin"}

    def unknown(self, aggregate: Aggregate) -> int:
        """Visitors whose value is unknown, so that there is nothing to compare: margins without a product's cost."""
        if self.numerator != "margin":
            return 0
        return aggregate.sums["unknown_margin"]

    def ratio(self, aggregate: Aggregate) -> Ratio:
        """Return the metric as observed; without a value where it is unknown for a visitor."""
        numerator = self.count(aggregate)
        unknown = self.unknown(aggregate)
        if unknown:
            return Ratio(numerator, aggregate.visitors - unknown, None)
        denominator = self.units(aggregate)
        if not denominator:
            return Ratio(numerator, denominator, None)
        return Ratio(numerator, denominator, numerator / denominator)

    def count(self, aggregate: Aggregate) -> int:
        """Return what is divided."""
        if self.is_complement:
            return self.units(aggregate) - aggregate.sums[self.numerator]
        return aggregate.sums[self.numerator]

    def units(self, aggregate: Aggregate) -> int:
        """Return what the numerator is divided by."""
        if self.denominator == VISITORS:
            return aggregate.visitors
        return aggregate.sums[self.denominator]

    def proportion(self, aggregate: Aggregate) -> Proportion:
        """Return the metric as successes among units."""
        return Proportion(self.count(aggregate), self.units(aggregate))

    def compare(
        self,
        control: Aggregate,
        treatment: Aggregate,
        *,
        alpha: float,
        has_covariate: bool = False,
        is_by_welch: bool = False,
    ) -> Comparison:
        """Compare treatment with control by the test that suits the metric, adjusted where it can be.

        By several covariates where both arms have their sums, else by the cart's value (revenue and orders alone).
        ``is_by_welch``: with each arm's own variance, whatever the metric, for errors that are pooled over groups.
        """
        has_several = control.covariates is not None and treatment.covariates is not None
        is_regressed = has_covariate and has_several and self.is_regressed
        if self.is_proportion:
            return self.compare_shares(control, treatment, alpha=alpha, is_regressed=is_regressed)
        method: Method = "welch"
        if self.is_skewed and not is_by_welch:
            method = "auto"
        regressed = None
        if is_regressed:
            regressed = regressed_arms(self, control, treatment)
        if regressed is not None:
            arms = regressed.control, regressed.treatment
            adjusted = self.compare_summaries(*arms, covariate=None, method=method, alpha=alpha)
            return replace(adjusted, variance_reduction=1 - regressed.kept)
        covariate: str | None = None
        # A segment of a test that isn't adjusted by the cart's value has none.
        if has_covariate and self.is_adjustable and not has_several and COVARIATE in control.summary.columns:
            covariate = COVARIATE
        arms = control.summary, treatment.summary
        return self.compare_summaries(*arms, covariate=covariate, method=method, alpha=alpha)

    def compare_summaries(
        self, control: Summary, treatment: Summary, *, covariate: str | None, method: Method, alpha: float
    ) -> Comparison:
        """Compare what isn't a share, by its sums."""
        if self.denominator == VISITORS:
            by_mean = compare_means(control, treatment, self.numerator, covariate=covariate, method=method, alpha=alpha)
            return with_lift_of_size(by_mean)
        by_ratio = compare_ratios(
            control, treatment, self.numerator, self.denominator, covariate=covariate, method=method, alpha=alpha
        )
        return with_lift_of_size(by_ratio)

    def compare_shares(
        self, control: Aggregate, treatment: Aggregate, *, alpha: float, is_regressed: bool
    ) -> Comparison:
        """Compare shares; where counts are small by an exact test, which knows no covariate."""
        regressed = None
        if is_regressed:
            regressed = regressed_shares(self, control, treatment)
        if regressed is None:
            return compare_proportions(self.proportion(control), self.proportion(treatment), alpha=alpha)
        adjusted = compare_proportions(regressed.control, regressed.treatment, alpha=alpha)
        return replace(adjusted, variance_reduction=1 - regressed.kept)

    def permute(
        self, control_rows: Rows, treatment_rows: Rows, control: Aggregate, treatment: Aggregate, *, alpha: float
    ) -> Comparison:
        """Compare treatment with control by permutation of the buyers' rows: see ``aggregation.buyer_rows``."""
        draws = DRAWS
        if len(control_rows) + len(treatment_rows) > MANY_BUYERS:
            draws = FEWER_DRAWS
        columns = self.columns_of_rows()
        permuted = permutation_test(
            BuyerRows(control_rows[:, columns], control.visitors),
            BuyerRows(treatment_rows[:, columns], treatment.visitors),
            draws=draws,
            alpha=alpha,
        )
        return with_lift_of_size(permuted)

    def columns_of_rows(self) -> slice:
        """Return its columns of the buyers' rows (revenue, orders, margin): per visitor the numerator alone."""
        if self.numerator == "margin":
            return slice(2, 3)
        if self.denominator == VISITORS:
            return slice(0, 1)
        return slice(0, 2)

    def posterior(
        self,
        control: Aggregate,
        treatment: Aggregate,
        comparison: Comparison,
        *,
        prior: EffectPrior,
        alpha: float,
    ) -> Posterior:
        """Return what to believe of the lift, with the comparison's intervals at level ``alpha``; in points, of the
        difference, whose prior says nothing."""
        if self.is_in_points:
            return beta_binomial(self.proportion(control), self.proportion(treatment))
        return posterior_figures(comparison, prior, alpha=alpha)


def with_lift_of_size(comparison: Comparison) -> Comparison:
    """Return a comparison whose lift is a fraction of the size of control's value: see `of_size`."""
    return replace(comparison, lift=of_size(comparison.lift, comparison.control))


ALL_DEFINITIONS = (
    Definition(metric=Metric.RPV, unit="money", numerator="revenue"),
    Definition(metric=Metric.CONVERSION, unit="share", numerator="converted"),
    Definition(metric=Metric.AOV, unit="money", numerator="revenue", denominator="orders"),
    Definition(metric=Metric.ORDERS_PER_VISITOR, unit="number", numerator="orders"),
    Definition(metric=Metric.ITEMS_PER_ORDER, unit="number", numerator="items", denominator="orders"),
    Definition(metric=Metric.TAKE_RATE, unit="share", numerator="accepted", is_of_offer=True),
    Definition(metric=Metric.UPSELL_RPV, unit="money", numerator="upsell_revenue", is_of_offer=True),
    Definition(metric=Metric.MARGIN, unit="money", numerator="margin"),
    Definition(
        metric=Metric.REFUNDED_SHARE,
        unit="share",
        numerator="refunding",
        denominator="converted",
        is_lower_better=True,
        is_in_points=True,  # of so small a share, a lift is large by chance
    ),
    # Where an order led to the exposure, whoever has none that counts had theirs canceled, or never paid it.
    Definition(
        metric=Metric.CANCELED_SHARE,
        unit="share",
        numerator="converted",
        is_complement=True,
        is_lower_better=True,
        is_in_points=True,
    ),
)
# In this order reports list what isn't the goal.
DEFINITIONS: Mapping[str, Definition] = {definition.metric: definition for definition in ALL_DEFINITIONS}
