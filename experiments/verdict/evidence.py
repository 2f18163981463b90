"""What a verdict is made from, and what each treatment's figures say taken by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from experiments import wording
from experiments.models import Experiment, Source, Variant
from experiments.report import (
    Adjustment,
    Crossing,
    Guardrail,
    Health,
    MetricResult,
    Plan,
    Progress,
    Range,
)

BUYERS_FOR_ANY_TEST = 10
BUYERS_FOR_EARLY_LOOKS = 100
DAYS_NEEDED = 7  # below which nothing is said: weekdays and weekends differ
ROPE = 0.02  # lifts smaller than this make no difference that matters (region of practical equivalence)
CARING = 0.0025  # of control's value: an expected loss below is nothing to care about

Standing = Literal["win", "loss", "open"]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the verdict is made from.

    ``fewest_buyers`` is the smallest variant's, ``days`` are those between the first and the last exposure.
    """

    experiment: Experiment
    variants: Sequence[Variant]
    metrics: Sequence[MetricResult]
    health: Health
    plan: Plan
    visitors: int
    fewest_buyers: int
    days: float
    adjustment: Adjustment
    guardrails: Sequence[Guardrail] = field(default_factory=list)
    progress: Progress | None = None

    @property
    def is_imported(self) -> bool:
        """Whether the test was run elsewhere, to its end."""
        return self.experiment.source == Source.IMPORTED

    @property
    def has_ended(self) -> bool:
        """Whether what is known now is all that the test was to find."""
        return self.is_imported or self.plan.has_ended

    @property
    def buyers_needed(self) -> int:
        """Buyers per variant below which nothing is said."""
        return BUYERS_FOR_ANY_TEST if self.has_ended else BUYERS_FOR_EARLY_LOOKS

    @cached_property
    def crossings(self) -> dict[str, Crossing]:
        """The crossed bounds by treatment."""
        return {one.variant: one for one in self.plan.crossings}

    @property
    def surely_harmed(self) -> list[str]:
        """The treatments with a guardrail past its margin by the interval that holds at every look."""
        return list(dict.fromkeys(one.variant for one in self.guardrails if one.is_harm_certain))

    @property
    def treatments(self) -> list[str]:
        """The treatments that are compared."""
        return list(dict.fromkeys(result.variant for result in self.metrics))

    @property
    def is_harm_decisive(self) -> bool:
        """Whether a guardrail is surely harmed, and no treatment wins without harm."""
        harmed = self.surely_harmed
        return bool(harmed) and all(result.variant in harmed for result in self.goals("win"))

    @property
    def or_wait(self) -> str:
        """The alternative to ending a planned test early."""
        day = self.progress.ends_on if self.progress and not self.has_ended else None
        return f", or wait for the last look about {day.day} {day:%B}" if day and self.plan.planned_sample else ""

    @property
    def how_long(self) -> str:
        """What is still missing."""
        left = self.progress.visitors_left if self.progress else None
        days = self.progress.days_left if self.progress else None
        if not left:
            return "Let it run: effects of this size need more visitors."
        about = f", about {wording.days(days)}" if days else ""
        return f"Let it run: {left:,} more visitors per variant{about}."

    def name(self, key: str) -> str:
        """A variant's name."""
        return next((str(variant) for variant in self.variants if variant.key == key), key)

    def name_of(self, result: MetricResult) -> str:
        """The treatment's name."""
        return self.name(result.variant)

    def titled(self, key: str, text: str) -> str:
        """The text, with the treatment's name before it where there are several."""
        return f"{self.name(key)}: {text[0].lower()}{text[1:]}" if len(self.treatments) > 1 else text

    def goals(self, *standings: Standing) -> list[MetricResult]:
        """The goal of the treatments that stand so, the best first."""
        found = [result for result in self.metrics if result.role == "goal" and self.standing(result) in standings]
        return sorted(found, key=gain, reverse=True)

    def standing(self, result: MetricResult) -> Standing:
        """Whether the treatment is better or worse than control beyond chance on its goal.

        By the corrected p-value where the test is read once, by a bound that was crossed at a look (and stays so), or
        between looks and without a plan by the always-valid interval.
        """
        if self.plan.design == "fixed":
            p_value = result.corrected_p_value
            is_clear = p_value is not None and p_value < self.experiment.alpha
            return direction(gain(result)) if is_clear else "open"
        if crossing := self.crossings.get(result.variant):
            return direction(-crossing.z if result.is_lower_better else crossing.z)
        sequential = result.sequential
        if sequential is None or sequential.method != "always_valid":
            return "open"
        if sequential.low is None or sequential.high is None or sequential.low <= 0 <= sequential.high:
            return "open"
        return direction(-sequential.low if result.is_lower_better else sequential.low)

    def is_worse(self, guardrail: Guardrail) -> bool:
        """Whether a guardrail is past its margin, or has got worse beyond chance without being sure to stay inside."""
        if guardrail.state != "unproven" or guardrail.effect is None:
            return guardrail.state == "harmed"
        low, high = guardrail.effect.low, guardrail.effect.high
        return (low is not None and low > 0) if guardrail.is_lower_better else (high is not None and high < 0)

    def is_immaterial(self, result: MetricResult) -> bool:
        """Whether the interval that the design allows to be read lies within what makes no difference."""
        low, high = self.readable(result)
        return low is not None and high is not None and -ROPE < low <= high < ROPE

    def readable(self, result: MetricResult) -> tuple[float | None, float | None]:
        """The ends of the lift's interval that the design allows to be read now."""
        if self.plan.design == "fixed":
            lift: Range | None = result.main.lift
            return (lift.low, lift.high) if lift else (None, None)
        one = result.sequential
        return (one.relative_low, one.relative_high) if one else (None, None)

    def loss_share(self, result: MetricResult) -> float | None:
        """What shipping is expected to cost, as a share of control's value."""
        loss = result.belief.expected_loss_ship if result.belief else None
        return loss / result.main.control if loss is not None and result.main.control else None


def gain(result: MetricResult) -> float:
    """The observed difference, positive where the treatment is better; 0 where there is none."""
    estimate = result.main.difference.estimate if result.main.difference else 0.0
    return -estimate if result.is_lower_better else estimate


def direction(value: float) -> Standing:
    """Better or worse."""
    return "win" if value > 0 else "loss"
