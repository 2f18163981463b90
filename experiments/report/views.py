"""One metric of a report more closely: within segments, and day by day."""

from dataclasses import dataclass, field

from experiments.report.metrics import Heterogeneity, MetricResult, SegmentResult, Unit
from experiments.report.plan import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricView:
    """A metric within segments and day by day, as a report has its goal.

    ``results`` are the report's own of each treatment; empty while there are none.
    """

    metric: str  # its code, such as ``rpv``
    label: str  # as pages show it
    unit: Unit  # of values and differences; money in minor units, shares as fractions
    is_lower_better: bool  # a rise is bad, as of refunds
    is_in_points: bool  # read differences rather than lifts
    results: list[MetricResult] = field(default_factory=list)
    segments: list[SegmentResult] = field(default_factory=list)
    heterogeneity: list[Heterogeneity] = field(default_factory=list)
    series: Series = field(default_factory=Series)
