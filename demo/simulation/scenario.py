"""What simulated visitors meet: the experiment as it is, and what its treatments are made to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from demo.simulation.decisions import Decided
from demo.simulation.effects import Basket, CannotSimulate, SimulatedEffect, effect_of, fitting_upsell, past_baskets
from demo.simulation.held_out import Holdout, holdout_of
from experiments.accounting.order_data import LineData
from experiments.assignment.allocation import WeightedVariant
from experiments.assignment.targeting import Rule, compile_rules
from experiments.models import Experiment, Moment, Source, Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """All that decides what visitors meet."""

    experiment: Experiment
    variants: Mapping[str, Variant]
    arms: Sequence[WeightedVariant]
    targeting: Rule
    effects: Mapping[str, SimulatedEffect]
    baskets: Sequence[Basket]
    holdout: Holdout | None
    decided: Decided
    now: datetime

    @property
    def is_after_order(self) -> bool:
        """Whether visitors get here by an order."""
        return self.experiment.moment == Moment.CONFIRMATION


def scenario_for(
    experiment: Experiment,
    now: datetime,
    aov_lift: float,
    conversion_lift: float,
    upsells: Mapping[str, LineData],
    seed: int,
) -> Scenario:
    """Check that the experiment can be simulated, and gather what its visitors meet."""
    variants = {variant.key: variant for variant in experiment.variants.all()}
    if experiment.source == Source.IMPORTED:
        raise CannotSimulate(f"Experiment {experiment.key} is imported: simulate one that is served live.")
    if len(variants) < 2 or not any(variant.is_control for variant in variants.values()):
        raise CannotSimulate(f"Experiment {experiment.key} needs a control and a treatment: add them in the admin.")
    baskets = past_baskets(experiment.store)
    treatments = [key for key, variant in variants.items() if not variant.is_control]
    sold = {key: upsells.get(key) or fitting_upsell(baskets) for key in treatments}
    effects = {key: effect_of(line, baskets, aov_lift, conversion_lift, experiment.key) for key, line in sold.items()}
    return Scenario(
        experiment=experiment,
        variants=variants,
        arms=[WeightedVariant(variant.key, variant.weight) for variant in variants.values()],
        targeting=compile_rules(experiment.targeting),
        effects={key: effects.get(key, SimulatedEffect()) for key in variants},
        baskets=baskets,
        holdout=holdout_of(experiment.store),
        decided=Decided(experiment, now, Random(seed)),  # noqa: S311 -- a sample, not a secret
        now=now,
    )
