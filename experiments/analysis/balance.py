"""Whether the variants' visitors had carts alike before they could see the offer."""

from experiments.analysis.sample import Sample
from experiments.models import Variant
from experiments.plan.thresholds import BALANCE_ALARM, VISITORS_TO_COMPARE_CARTS
from experiments.reading.sums import COVARIATE
from experiments.report import BalanceCheck
from experiments.statistics import compare_means, confidence_sequence

# Visitors of two variants where the plan names none: the always-valid test is most powerful there.
DEFAULT_PLANNED_VISITORS = 20_000


def balance_checks(sample: Sample) -> list[BalanceCheck]:
    """Compare the cart's value at exposure of every treatment with control's; none where no cart value is known.

    Always-valid, since it is read as often as the split: of tests without a fault at most one in 1,000 ever alarms.
    """
    control = sample.control
    if control is None or not sample.total(COVARIATE):
        return []
    checks = []
    for treatment in sample.treatments:
        checks.append(balance_check(sample, control, treatment))
    return checks


def balance_check(sample: Sample, control: Variant, treatment: Variant) -> BalanceCheck:
    """Compare one treatment's carts with control's, under the cap: one huge cart is no imbalance."""
    arms = sample.compared[control.key], sample.compared[treatment.key]
    comparison = compare_means(arms[0].summary, arms[1].summary, COVARIATE, method="welch")
    level = BALANCE_ALARM / len(sample.treatments)
    p_value = None
    # of few visitors the mean isn't normal enough for so small a level
    if min(arms[0].visitors, arms[1].visitors) >= VISITORS_TO_COMPARE_CARTS:
        visitors = arms[0].visitors + arms[1].visitors
        planned = sample.experiment.planned_sample or DEFAULT_PLANNED_VISITORS // 2
        p_value = confidence_sequence(comparison, n=visitors, n_star=planned, alpha=level).p_value
    corrected = None
    if p_value is not None:
        corrected = min(1.0, p_value * len(sample.treatments))
    return BalanceCheck(
        variant=treatment.key,
        covariate=COVARIATE,
        control=comparison.control,
        treatment=comparison.treatment,
        corrected_p_value=corrected,
        is_alarming=corrected is not None and corrected < BALANCE_ALARM,
    )
