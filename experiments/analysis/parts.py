"""Comparisons of a part of a test's visitors, such as a segment: as the whole, less refunds that are to come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.analysis import refunds
from experiments.analysis.metrics import Definition
from experiments.analysis.sample import Sample
from experiments.reading.aggregation import Aggregate
from experiments.statistics import Comparison
from experiments.statistics.reserve import Reserve


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePart:
    """Visitors of control and of one treatment, each arm capped as the whole is.

    ``factors``: what remains of an arm's money, by variant key and column; ``reserves``: where that comes from.
    """

    control: str
    treatment: str
    arms: Mapping[str, Aggregate]
    factors: Mapping[str, Mapping[str, float]]
    reserves: Mapping[str, Reserve]

    @property
    def reduced(self) -> Sequence[Aggregate]:
        """Control's arm and the treatment's, with what is still to be paid back taken off."""
        reduced = []
        for key in (self.control, self.treatment):
            arm = self.arms[key]
            reduced.append(arm.scaled(self.factors.get(key, {})))
        return reduced


def factors_of_arms(arms: Mapping[str, Aggregate], reserves: Mapping[str, Reserve]) -> dict[str, dict[str, float]]:
    """Return what remains of each arm's money, by variant key and column."""
    found = {}
    for key, arm in arms.items():
        found[key] = refunds.factors(arm, reserves.get(key))
    return found


def compare_part(sample: Sample, definition: Definition, part: SamplePart) -> Comparison:
    """Compare a part as the whole is compared; the refunds' uncertainty widens the intervals."""
    alpha = sample.experiment.alpha
    control, treatment = part.reduced
    comparison = definition.compare(control, treatment, alpha=alpha, has_covariate=sample.has_covariate)
    ratio = refunds.noise_ratio(part.reserves, definition, comparison, control=part.control, treatment=part.treatment)
    if ratio is None:
        return comparison
    level = refunds.wider_level(alpha, ratio)
    wider = definition.compare(control, treatment, alpha=level, has_covariate=sample.has_covariate)
    return refunds.widened(wider, ratio)
