"""What a verdict is made from, and what each treatment's figures say taken by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from experiments import wording
from experiments.in_sentences import mid_sentence
from experiments.models import Experiment, PlanVersion, Source, Variant
from experiments.plan.thresholds import BUYERS_FOR_ANY_TEST, BUYERS_FOR_EARLY_LOOKS, ROPE
from experiments.report import (
    Adjustment,
    Crossing,
    DayEffect,
    Guardrail,
    Health,
    MaturityReport,
    MetricResult,
    Outlook,
    OverlapResult,
    Plan,
    Progress,
)
from experiments.report.selection import first_of_variant

GoalOutcome = Literal["win", "loss", "open"]
Ends = tuple[float | None, float | None]
NO_ENDS: Ends = (None, None)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything that the verdict reads, as the report has it.

    - ``metrics`` has a result for each metric and treatment, ``guardrails`` for each guardrail and treatment.
    - ``fewest_buyers`` is the smallest variant's.
    - ``days`` are those between the first and the last exposure, of the visitors who count.
    - ``by_day`` has an entry for each treatment, ``overlaps`` for each treatment and other test of its time.
    - ``progress`` is missing for a test that was run elsewhere, ``maturity`` where everybody counts.
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
    maturity: MaturityReport | None = None
    by_day: Sequence[DayEffect] = field(default_factory=list)
    outlooks: Sequence[Outlook] = field(default_factory=list)
    overlaps: Sequence[OverlapResult] = field(default_factory=list)

    @property
    def is_imported(self) -> bool:
        """Whether the test was run elsewhere, to its end."""
        return self.experiment.source == Source.IMPORTED

    @property
    def is_holdout(self) -> bool:
        """Whether all offers, or all messages, are compared with none."""
        return self.experiment.source == Source.HOLDOUT

    @property
    def is_complete(self) -> bool:
        """Whether the results are of visitors whose outcome is mature, or as complete as a file has it."""
        return self.is_imported or self.experiment.plan_version >= PlanVersion.WEEKLY

    @property
    def has_ended(self) -> bool:
        """Whether what is known now is all that the test was to find."""
        return self.is_imported or self.plan.has_ended

    @property
    def buyers_needed(self) -> int:
        """Buyers in each variant below which nothing is said."""
        # after its end a test is read once; while it runs, every look is another chance to be misled by few buyers
        if self.has_ended:
            return BUYERS_FOR_ANY_TEST
        return BUYERS_FOR_EARLY_LOOKS

    @cached_property
    def crossings(self) -> dict[str, Crossing]:
        """The crossed bounds by treatment."""
        return {crossing.variant: crossing for crossing in self.plan.crossings}

    @property
    def surely_harmed(self) -> list[str]:
        """The treatments with a guardrail past its margin by the interval that holds at every look."""
        harmed: list[str] = []
        for guardrail in self.guardrails:
            if guardrail.is_harm_certain and guardrail.variant not in harmed:
                harmed.append(guardrail.variant)
        return harmed

    @property
    def treatments(self) -> list[str]:
        """The keys of the treatments that are compared."""
        keys: list[str] = []
        for result in self.metrics:
            if result.variant not in keys:
                keys.append(result.variant)
        return keys

    @property
    def is_harm_decisive(self) -> bool:
        """Whether a guardrail is surely harmed, and no treatment wins without harm."""
        harmed = self.surely_harmed
        if not harmed:
            return False
        # a winner without harm can still be rolled out: then the harm of another treatment doesn't end the test
        return all(result.variant in harmed for result in self.goals("win"))

    def outlook(self, variant: str) -> Outlook | None:
        """What the rest of the test may bring a treatment; ``None`` where there is none to come."""
        for outlook in self.outlooks:
            if outlook.variant == variant:
                return outlook
        return None

    def name(self, key: str) -> str:
        """The name of the variant with this key."""
        for variant in self.variants:
            if variant.key == key:
                return str(variant)
        # a stored look may be of a variant that was removed since: nothing but its key is left
        return key

    def listed_names(self, keys: Sequence[str]) -> str:
        """The names of the variants with these keys, as a list in a sentence."""
        names = []
        for key in keys:
            names.append(self.name(key))
        return wording.listed(names)

    def quoted_name(self, result: MetricResult) -> str:
        """The treatment's name in quotation marks, so that it can stand in any sentence."""
        return f"\N{LEFT DOUBLE QUOTATION MARK}{self.name(result.variant)}\N{RIGHT DOUBLE QUOTATION MARK}"

    def titled(self, key: str, text: str) -> str:
        """The text, with the treatment's name before it where there are several."""
        if len(self.treatments) < 2:
            return text
        return f"{self.name(key)}: {wording.lower_first(text)}"

    def guardrails_of(self, variant: str) -> list[Guardrail]:
        """The guardrails of one treatment."""
        return [guardrail for guardrail in self.guardrails if guardrail.variant == variant]

    def day_effect_of(self, variant: str) -> DayEffect | None:
        """Whether one treatment's effect depends on the day; ``None`` where nobody asked."""
        return first_of_variant(self.by_day, variant)

    def certain_harm_of(self, variant: str) -> Guardrail:
        """The first guardrail of a surely harmed treatment that is past its margin."""
        return next(guardrail for guardrail in self.guardrails_of(variant) if guardrail.is_harm_certain)

    def worse_metrics(self, variant: str) -> list[str]:
        """The metrics, in lower case, of the treatment's guardrails that got worse."""
        worse = []
        for guardrail in self.guardrails_of(variant):
            if self.is_worse(guardrail):
                worse.append(mid_sentence(guardrail.label))
        return worse

    def goals(self, *outcomes: GoalOutcome) -> list[MetricResult]:
        """The goal's results with one of these outcomes, the best treatment first."""
        wanted = []
        for result in self.metrics:
            if result.role == "goal" and self.outcome(result) in outcomes:
                wanted.append(result)
        return sorted(wanted, key=gain, reverse=True)

    def outcome(self, result: MetricResult) -> GoalOutcome:
        """Whether the treatment is better or worse than control beyond chance.

        - A test that is read once decides by its corrected p-value.
        - A bound that was crossed at a look decides, and stays crossed.
        - Between looks, and without a plan, the always-valid interval decides where it excludes zero.
        """
        if self.plan.design == "fixed":
            return self._outcome_of_fixed_test(result)
        # the plan spent its error on this crossing: to wait for a later look, and take the better, would spend more
        crossing = self.crossings.get(result.variant)
        if crossing is not None:
            return outcome_of(better(crossing.z, result))
        outcome = always_valid_outcome(result)
        # a weekly plan spends its error for wins at its looks alone: between them nothing is left for a win
        if outcome == "win" and self.plan.is_weekly:
            return "open"
        return outcome

    def _outcome_of_fixed_test(self, result: MetricResult) -> GoalOutcome:
        # corrected for the number of treatments: each is one more chance of a winner by luck
        p_value = result.corrected_p_value
        if p_value is None or p_value >= self.experiment.alpha:
            return "open"
        return outcome_of(gain(result))

    def is_worse(self, guardrail: Guardrail) -> bool:
        """Whether a guardrail has got worse beyond chance, by the interval that may be read at every look.

        That it is proven to stay within its margin isn't asked for: at -2% and 5% conversion that takes 745,000
        visitors in each arm.
        """
        return guardrail.is_worse or guardrail.is_harm_certain

    def is_immaterial(self, result: MetricResult) -> bool:
        """Whether the interval that the design allows to be read lies within what makes no difference."""
        # by a weekly plan this ends a test too, and so is read when a win is: at a look with both bounds
        if self.plan.is_weekly and result.sequential is not None and result.sequential.method == "always_valid":
            return False
        low, high = self.readable_ends(result)
        if low is None or high is None:
            return False
        # the whole interval, not the estimate: a wide interval around zero says that nothing is known
        return -ROPE < low <= high < ROPE

    def readable_ends(self, result: MetricResult) -> Ends:
        """The ends of the lift's interval that the design allows to be read now."""
        if self.plan.design == "fixed":
            lift = result.main.lift
            if lift is None:
                return NO_ENDS
            return lift.low, lift.high
        # the ordinary interval is too narrow here: read again and again, it excludes the truth sooner or later
        sequential = result.sequential
        if sequential is None:
            return NO_ENDS
        return sequential.relative_low, sequential.relative_high

    def loss_share(self, result: MetricResult) -> float | None:
        """What rolling the treatment out is expected to cost, as a share of control's value."""
        if result.belief is None or result.belief.expected_loss_ship is None:
            return None
        # there is no share of nothing: control has sold nothing yet
        if not result.main.control:
            return None
        return result.belief.expected_loss_ship / abs(result.main.control)


def always_valid_outcome(result: MetricResult) -> GoalOutcome:
    """What the always-valid interval says of a treatment; an interval made for a look says nothing between looks."""
    sequential = result.sequential
    if sequential is None or sequential.method != "always_valid":
        return "open"
    if sequential.low is None or sequential.high is None:
        return "open"
    if sequential.low <= 0 <= sequential.high:
        return "open"
    # both ends are on one side of zero, so either tells the direction
    return outcome_of(better(sequential.low, result))


def gain(result: MetricResult) -> float:
    """The observed difference, positive where the treatment is better; 0 where there is none."""
    if result.main.difference is None:
        return 0.0
    return better(result.main.difference.estimate, result)


def better(value: float, result: MetricResult) -> float:
    """A difference turned so that positive is better."""
    if result.is_lower_better:
        return -value
    return value


def outcome_of(value: float) -> GoalOutcome:
    """A clear difference that is turned so that positive is better -> win or loss."""
    if value > 0:
        return "win"
    return "loss"
