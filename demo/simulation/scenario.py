"""What simulated visitors meet: the experiment as it is, and what its treatments are made to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import NamedTuple

from demo.simulation.decisions import Decided
from demo.simulation.effects import Basket, CannotSimulate, SimulatedEffect, effect_of, fitting_upsell, past_baskets
from demo.simulation.held_out import Holdout, holdout_of
from demo.simulation.offered import OfferedGoods, offers_of, second_offers_of
from experiments.accounting.order_data import LineData
from experiments.assignment.allocation import WeightedVariant
from experiments.assignment.targeting import Rule, compile_rules
from experiments.models import Experiment, Moment, Source, Variant


class Novelty(NamedTuple):
    """So much more conversion before a time, because the offer is new."""

    lift: float = 0.0
    until: datetime | None = None

    def of(self, effect: SimulatedEffect, at: datetime) -> SimulatedEffect:
        """Return what a treatment's effect is at a time."""
        if self.until is None or at >= self.until:
            return effect
        return replace(effect, conversion_factor=effect.conversion_factor + self.lift)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """All that decides what visitors meet."""

    experiment: Experiment
    variants: Mapping[str, Variant]
    arms: Sequence[WeightedVariant]
    targeting: Rule
    effects: Mapping[str, SimulatedEffect]
    offers: Mapping[str, OfferedGoods]
    second_offers: Mapping[str, OfferedGoods]
    wanted: "Wanted"
    baskets: Sequence[Basket]
    holdout: Holdout | None
    decided: Decided
    now: datetime

    @property
    def is_after_order(self) -> bool:
        """Whether visitors get here by an order."""
        return self.experiment.moment == Moment.CONFIRMATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What treatments are made to do.

    Lifts are fractions, the same for every treatment. ``upsells`` names what a treatment sells, by variant key; without
    it that is a product of a fitting price that past orders often have. ``novelty`` is what the first days add.
    ``lost_share`` of a treatment's visitors leave no trace, as where a script fails. ``refund_share`` of first orders
    are paid back, within a week, or within ``refund_weeks``. ``second_take_rate``: of those who take the first offer of
    a sequence, how many take the second.
    """

    aov_lift: float = 0.0
    conversion_lift: float = 0.0
    upsells: Mapping[str, LineData] = field(default_factory=dict)
    novelty: Novelty = field(default_factory=Novelty)
    lost_share: float = 0.0
    refund_share: float = 0.04
    refund_weeks: int = 1
    second_take_rate: float = 0.0


def scenario_for(experiment: Experiment, wanted: Wanted, *, now: datetime, seed: int) -> Scenario:
    """Gather what the experiment's visitors meet. Raises ``CannotSimulate``."""
    variants = list(experiment.variants.all())
    refuse_what_cannot_be_simulated(experiment, variants)
    baskets = past_baskets(experiment.store)
    by_key, arms, effects = {}, [], {}
    for variant in variants:
        by_key[variant.key] = variant
        arms.append(WeightedVariant(variant.key, variant.weight))
        effects[variant.key] = effect_in(variant, wanted, baskets)
    return Scenario(
        experiment=experiment,
        variants=by_key,
        arms=arms,
        targeting=compile_rules(experiment.targeting),
        effects=effects,
        offers=offers_of(experiment),
        second_offers=second_offers_of(experiment),
        wanted=wanted,
        baskets=baskets,
        holdout=holdout_of(experiment.store),
        decided=Decided(experiment, now, Random(seed)),  # noqa: S311 -- a sample, not a secret
        now=now,
    )


def refuse_what_cannot_be_simulated(experiment: Experiment, variants: Sequence[Variant]) -> None:
    """Raise ``CannotSimulate`` for an imported experiment, and for one that compares nothing."""
    if experiment.source == Source.IMPORTED:
        raise CannotSimulate(f"Experiment {experiment.key} is imported. Choose an experiment that is served live.")
    if len(variants) < 2 or not any(variant.is_control for variant in variants):
        raise CannotSimulate(f"Experiment {experiment.key} needs a control and a treatment. Add them in the admin.")


def effect_in(variant: Variant, wanted: Wanted, baskets: Sequence[Basket]) -> SimulatedEffect:
    """What the variant does: control nothing, a treatment what is wanted of all of them."""
    if variant.is_control:
        return SimulatedEffect()
    upsell = wanted.upsells.get(variant.key)
    if upsell is None:
        upsell = fitting_upsell(baskets)
    return effect_of(
        upsell,
        baskets,
        aov_lift=wanted.aov_lift,
        conversion_lift=wanted.conversion_lift,
        experiment_key=variant.experiment.key,
    )
