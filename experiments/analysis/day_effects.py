"""Whether a treatment's effect depends on the day of exposure: novelty that wears off, or an effect that grows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import hypot, log, sqrt
from typing import NamedTuple

from django.utils.translation import gettext as _
from scipy.special import ndtr

from experiments import formatting, wording
from experiments.analysis.estimates import range_of
from experiments.analysis.exposure_days import Daily, ExposureDays
from experiments.analysis.metrics import DEFINITIONS, VISITORS, Definition
from experiments.analysis.sample import Sample
from experiments.analysis.segments import CochranTest, EffectWithError, log_effect, q_of_effects
from experiments.models import Metric, Source, Variant
from experiments.plan.thresholds import DAY_EFFECT_ALARM
from experiments.reading.aggregation import Aggregate
from experiments.report import DayEffect, DaySpan, DayState
from experiments.statistics import Comparison, Proportion

# Novelty wears off within days: by the fourth, who comes often has seen the offer.
FIRST_DAYS = 3
# A third of fewer days is one weekday alone.
FEWEST_DAYS = 6


class DayPart(NamedTuple):
    """Days with exposures: from a position to before another."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTest:
    """What one metric says of the days.

    - ``drop``: by how many standard errors the effect of the first days is better than that of the others.
    - ``thirds``: Cochran's Q of the effects in the thirds; ``is_falling``: the last one is less good than the first.
    """

    metric: str
    drop: float
    thirds: CochranTest | None
    is_falling: bool

    @property
    def first_days_p_value(self) -> float:
        """Of equal effects in the first days and later, two-sided."""
        return float(2 * ndtr(-abs(self.drop)))

    @property
    def least_p_value(self) -> float:
        """The smaller of its p-values, by which the clearer metric is named."""
        one_sided = self.first_days_p_value / 2
        if self.thirds is None:
            return one_sided
        return min(one_sided, self.thirds.p_value)

    @property
    def day_state(self) -> DayState:
        """The finding. A drop since the first days goes before what the thirds say, which are coarser."""
        if self.first_days_p_value / 2 < DAY_EFFECT_ALARM:
            return "fading" if self.drop > 0 else "growing"
        if self.thirds is not None and self.thirds.p_value < DAY_EFFECT_ALARM:
            return "fading" if self.is_falling else "growing"
        return "steady"


def day_effects(sample: Sample, daily: Daily, now: datetime) -> list[DayEffect]:
    """Return for every treatment whether its effect depends on the day of exposure, of mature visitors."""
    control = sample.control
    if control is None:
        return []
    days = ExposureDays.of(daily, last_complete_day(sample, now))
    return [day_effect(sample, days, control, treatment) for treatment in sample.treatments]


def last_complete_day(sample: Sample, now: datetime) -> date | None:
    """Return the last day whose visitors have ordered; ``None`` where all have.

    By a daily plan everybody counts, but young days would be short of orders in a slower arm, and its effect seem to
    fade: there, only days count whose attribution window is over.
    """
    experiment = sample.experiment
    if sample.last_day is not None or experiment.source == Source.IMPORTED:
        return sample.last_day
    return experiment.exposure_day(now - timedelta(days=experiment.attribution_window_days + 1))


def day_effect(sample: Sample, days: ExposureDays, control: Variant, treatment: Variant) -> DayEffect:
    """Return whether one treatment's effect depends on the day; unknown where no metric can be tested."""
    arms = ArmDays(sample=sample, days=days, control=control.key, treatment=treatment.key)
    if len(days.days) < FEWEST_DAYS:
        return unknown_effect(arms)
    tests = list(arms.tests())
    if not tests:
        return unknown_effect(arms)
    return known_effect(arms, clearest(tests))


def unknown_effect(arms: "ArmDays") -> DayEffect:
    """Return what is said where the days can't be told apart."""
    return DayEffect(
        variant=arms.treatment,
        state="unknown",
        metric=str(arms.sample.goal.metric),
        first=None,
        later=None,
        text=_("Too few days or orders to tell whether the effect changes with the days."),
        unavailable="too_few_orders",
    )


def known_effect(arms: "ArmDays", test: DayTest) -> DayEffect:
    """Return what a test found, with the goal in the first days, since then, and in each third of the days."""
    first, later = arms.span(arms.first), arms.span(arms.later)
    effect = DayEffect(
        variant=arms.treatment,
        state=test.day_state,
        metric=str(test.metric),
        first=first,
        later=later,
        thirds=[arms.span(part) for part in arms.thirds],
        first_days_p_value=test.first_days_p_value,
        text=finding(test, first, later),
    )
    if test.thirds is not None:
        effect = replace(effect, q=test.thirds.q, df=test.thirds.df, p_value=test.thirds.p_value)
    goal = arms.goal_within(arms.later)
    if goal is None:
        return effect
    return replace(effect, later_p_value=goal.p_value, is_later_better=is_better(arms.sample, goal))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmDays:
    """Control and a treatment by their days."""

    sample: Sample
    days: ExposureDays
    control: str
    treatment: str

    @property
    def first(self) -> DayPart:
        """The first days."""
        return DayPart(0, FIRST_DAYS)

    @property
    def later(self) -> DayPart:
        """All days since."""
        return DayPart(FIRST_DAYS, len(self.days.days))

    @property
    def thirds(self) -> list[DayPart]:
        """The days in three parts."""
        number = len(self.days.days)
        ends = [round(number * part / 3) for part in range(4)]
        return [DayPart(begin, end) for begin, end in pairwise(ends)]

    def within(self, part: DayPart) -> tuple[Aggregate, Aggregate] | None:
        """Return both arms' sums of a part; ``None`` where one has no visitors."""
        control = self.days.exposed_within(*part, self.control)
        treatment = self.days.exposed_within(*part, self.treatment)
        if control is None or treatment is None:
            return None
        return control, treatment

    def span(self, part: DayPart) -> DaySpan:
        """Return the goal within a part, compared as the curve by day is."""
        first_day, last_day = self.days.days[part.begin], self.days.days[part.end - 1]
        arms, comparison = self.within(part), self.goal_within(part)
        if arms is None or comparison is None:
            return DaySpan(first_day=first_day, last_day=last_day, visitors=0, control=None, treatment=None, lift=None)
        return DaySpan(
            first_day=first_day,
            last_day=last_day,
            visitors=arms[0].visitors + arms[1].visitors,
            control=comparison.control,
            treatment=comparison.treatment,
            lift=range_of(comparison.lift),
        )

    def goal_within(self, part: DayPart) -> Comparison | None:
        """Compare the goal within a part; ``None`` where an arm has no visitors."""
        arms = self.within(part)
        if arms is None:
            return None
        sample = self.sample
        return sample.goal.compare(*arms, alpha=sample.experiment.alpha, has_covariate=sample.has_covariate)

    def log_effect_within(self, definition: Definition, part: DayPart) -> EffectWithError | None:
        """Return the log of 1 + lift within a part, positive where it is better; ``None`` where it isn't known."""
        arms = self.within(part)
        if arms is None:
            return None
        effect = effect_of(self.sample, definition, *arms)
        if effect is None or not definition.is_lower_better:
            return effect
        return EffectWithError(-effect.estimate, effect.error)

    def known_effects_of_thirds(self, definition: Definition) -> list[EffectWithError]:
        """Return the effects in the thirds of the days, without those in which an arm has too little."""
        effects = []
        for part in self.thirds:
            effect = self.log_effect_within(definition, part)
            if effect is not None:
                effects.append(effect)
        return effects

    def tests(self) -> Iterator[DayTest]:
        """Test the goal and what is a part of it."""
        for definition in tested_metrics(self.sample.goal):
            first = self.log_effect_within(definition, self.first)
            later = self.log_effect_within(definition, self.later)
            if first is None or later is None:
                continue
            of_thirds = self.known_effects_of_thirds(definition)
            yield DayTest(
                metric=definition.metric,
                drop=(first.estimate - later.estimate) / hypot(first.error, later.error),
                thirds=q_of_effects(of_thirds),
                is_falling=bool(of_thirds) and of_thirds[-1].estimate < of_thirds[0].estimate,
            )


def is_better(sample: Sample, goal: Comparison) -> bool:
    """Whether a comparison of the goal alone is better beyond chance."""
    if goal.p_value is None or goal.p_value >= sample.experiment.alpha:
        return False
    difference = goal.estimated_difference
    if difference is None:
        return False
    return (difference < 0) == sample.goal.is_lower_better


def tested_metrics(goal: Definition) -> list[Definition]:
    """Return what is tested: the goal, and conversion where it is a part of it, which shows novelty far sooner."""
    # The values of orders are most of the noise of money per visitor; whether somebody buys has none of it.
    if goal.denominator == VISITORS and goal.metric != Metric.CONVERSION and not goal.is_of_offer:
        return [goal, DEFINITIONS[Metric.CONVERSION]]
    return [goal]


def effect_of(
    sample: Sample, definition: Definition, control: Aggregate, treatment: Aggregate
) -> EffectWithError | None:
    """Return the log of 1 + lift with each arm's own error, since one pooled over both would make the parts alike."""
    if definition.is_proportion:
        return log_ratio(definition.proportion(control), definition.proportion(treatment))
    comparison = definition.compare(
        control,
        treatment,
        alpha=sample.experiment.alpha,
        has_covariate=sample.has_covariate,
        is_by_welch=True,
    )
    return log_effect(comparison)


def log_ratio(control: Proportion, treatment: Proportion) -> EffectWithError | None:
    """Return the log of the ratio of two rates (delta method); ``None`` where an arm has no success."""
    if not control.successes or not treatment.successes:
        return None
    ratio = (treatment.successes / treatment.n) / (control.successes / control.n)
    variance = 1 / control.successes - 1 / control.n + 1 / treatment.successes - 1 / treatment.n
    if variance <= 0:
        return None
    return EffectWithError(log(ratio), sqrt(variance))


def clearest(tests: Sequence[DayTest]) -> DayTest:
    """Return the test whose finding is told: a drop before a rise, since it is what holds a roll-out up."""
    for state in ("fading", "growing", "steady"):
        found = [test for test in tests if test.day_state == state]
        if found:
            return min(found, key=lambda test: test.least_p_value)
    return tests[0]


def finding(test: DayTest, first: DaySpan, later: DaySpan) -> str:
    """Say whether the effect changes with the days, and what it was first and is since."""
    p_value = formatting.p_value(test.least_p_value)
    if test.day_state == "steady":
        return _("No sign that the effect changes with the days (p %(p_value)s).") % {"p_value": p_value}
    text = _("The effect grows with the days (p %(p_value)s): %(first)s on the first %(days)s, %(later)s since.")
    if test.day_state == "fading":
        text = _(
            "The effect fades (p %(p_value)s): %(first)s on the first %(days)s, %(later)s since. "
            "People may have tried the offer because it was new."
        )
    return text % {
        "p_value": p_value,
        "first": lift_text(first),
        "later": lift_text(later),
        "days": wording.days(FIRST_DAYS),
    }


def lift_text(span: DaySpan) -> str:
    """Write a span's lift with its interval; a dash where there is none."""
    if span.lift is None:
        return formatting.MISSING
    return wording.lift_with_range(span.lift)
