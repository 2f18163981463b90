"""Says before the launch that a store is too small for a test's plan, and what a decision without proof would risk."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from checkout_widgets.launching.candidate import Check, LaunchCandidate
from experiments import formatting, wording
from experiments.models import Metric
from experiments.programme.baselines import Baseline
from experiments.programme.cost_decisions import CostDecision, cost_decision, usual_effects
from experiments.programme.planning import TOO_LONG_DAYS, Design, days_needed
from experiments.unit_words import in_words_of

# What a design is said to look for plays no part in what it risks.
ANY_LIFT = 0.05


def duration(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that the plan's visitors come within eight weeks, by what came lately; where they don't, offer a way."""
    experiment = candidate.experiment
    planned, metric = experiment.planned_sample, Metric(experiment.goal_metric)
    if not planned:
        return
    design = design_of(candidate.lately, candidate)
    days: int | None = experiment.planned_days
    if design is not None:
        days = days_needed(design, planned)
    if days is None or days <= TOO_LONG_DAYS:
        return
    decision = None
    if design is not None:
        decision = cost_decision(design, usual_effects(experiment.store, metric))
    text = _("This test can't be decided in eight weeks: %(visitors)s visitors per variant take about %(weeks)s weeks")
    words = {"visitors": formatting.count(planned), "weeks": formatting.count(days // 7)}
    yield Check("duration", "warn", in_words_of(experiment, text % words), in_words_of(experiment, way_out(decision)))


def design_of(known: Baseline, candidate: LaunchCandidate) -> Design | None:
    """Return the test as it would run at the store's traffic; ``None`` where too little is known of it."""
    is_spread_known = known.sd is not None or known.metric == Metric.CONVERSION
    if known.is_thin or not known.mean or not is_spread_known or known.source != "exposures":
        return None
    return Design(
        mean=known.mean,
        sd=known.sd,
        relative_mde=ANY_LIFT,
        treatments=len(candidate.treatments),
        variance_reduction=known.variance_reduction or 0.0,
        visitors_per_day=known.visitors_per_day,
        traffic_share=candidate.experiment.traffic_share,
    )


def way_out(decision: CostDecision | None) -> str:
    """Return what to do: look for more, or decide by expected cost, with what that risks."""
    more = _("Look for a larger effect, test one treatment, or let all visitors take part.")
    if decision is None:
        return more
    offer = _(
        "Or decide by expected cost: plan %(visitors)s visitors per variant and %(duration)s, and roll the treatment "
        "out if it is ahead then. This is no proof: %(share)s of such roll-outs are worse than control, and the "
        "expected loss is %(loss)s of control's value."
    )
    words = {
        "visitors": formatting.count(decision.per_variant),
        "duration": wording.days(decision.days),
        "share": formatting.whole_percent(decision.chance_worse),
        "loss": formatting.percent(decision.average_loss),
    }
    return f"{more} {offer % words}"
