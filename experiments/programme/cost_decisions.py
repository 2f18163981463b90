"""Decisions by expected cost, for stores that are too small for a proof: what they risk, said before the launch."""

from dataclasses import dataclass, replace
from math import sqrt

from experiments.models import Experiment, Metric, Store
from experiments.plan.learnt_prior import prior_of
from experiments.programme.planning import TOO_LONG_DAYS, Design
from experiments.statistics.priors.learning import default_prior
from experiments.statistics.priors.risk import leader_risk
from experiments.statistics.priors.scale_mixture import EffectPrior

WEEKS = TOO_LONG_DAYS // 7


@dataclass(frozen=True, slots=True, kw_only=True)
class CostDecision:
    """A test of one treatment that is rolled out after ``WEEKS`` if it is ahead.

    - ``per_variant``: the visitors until then. ``chance_worse``: the share of such roll-outs that are worse than
      control; ``average_loss``: what these lose, on average over all roll-outs, as a share of control's value.
    - ``past_tests``: of the store, from which is known how large effects usually are; 0: from tests elsewhere.
    """

    per_variant: int
    chance_worse: float
    average_loss: float
    past_tests: int

    @property
    def weeks(self) -> int:
        """How long the test takes."""
        return WEEKS

    @property
    def days(self) -> int:
        """The same in days."""
        return WEEKS * 7


def cost_decision(design: Design, prior: EffectPrior) -> CostDecision | None:
    """Return what a decision by expected cost would risk at the design's traffic; ``None`` where that isn't known."""
    # Every further treatment would take visitors from a store that has too few for one.
    single = replace(design, treatments=1)
    per_day = (single.visitors_per_day or 0.0) * single.traffic_share / 2
    per_variant = int(per_day * TOO_LONG_DAYS)
    if per_variant < 1:
        return None
    risk = leader_risk(prior, error_of_lift(single, per_variant))
    return CostDecision(
        per_variant=per_variant,
        chance_worse=risk.chance_worse,
        average_loss=risk.average_loss,
        past_tests=prior.past_tests,
    )


def error_of_lift(design: Design, per_variant: int) -> float:
    """Return the standard error of log(1 + lift) with so many visitors per variant, by the delta method."""
    units = per_variant * design.units_per_visitor
    if design.sd is None:
        return sqrt(2 * (1 - design.mean) / (design.mean * units))
    # of a loss, a margin perhaps, the lift is of its size
    return design.sd / abs(design.mean) * sqrt(2 * (1 - design.variance_reduction) / units)


def usual_effects(store: Store, metric: Metric) -> EffectPrior:
    """Return how large the store's effects on a metric usually are, as a test of it learned last."""
    newest = (
        Experiment.objects.filter(store=store).exclude(learnt_prior={}).order_by("-learnt_prior__learnt_at").first()
    )
    if newest is None:
        return default_prior()
    return prior_of(newest, metric)
