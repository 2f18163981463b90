"""A part of a test's visitors: exploratory, and never what a verdict is read from."""

from dataclasses import dataclass, field
from datetime import date

from experiments.report.document import FunnelRow, VariantCounts
from experiments.report.metrics import MetricResult
from experiments.report.plan import SeriesPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class PartReport:
    """What is known of the visitors with these values (dimension, value), first exposed from ``first`` to ``last``.

    ``metrics`` are those of the whole, of each treatment. P-values are corrected for the metrics, as the whole's are,
    and for ``choices``: how many such parts could have been looked at. ``points``: the goal's lift by day, of all
    exposed up to it. ``split_p_value``: whether the part is split as planned (chi-square). ``read``: from how many
    exposures, 0 where kept sums were enough. ``funnel`` is empty where ``funnel_too_many`` visitors would have to be
    counted for it, or, with 0 of them, while older events are still being added up.
    """

    segments: list[tuple[str, str]]
    first: date
    last: date
    choices: int
    variants: list[VariantCounts]
    metrics: list[MetricResult] = field(default_factory=list)
    points: list[SeriesPoint] = field(default_factory=list)
    split_p_value: float | None = None
    read: int = 0
    funnel: list[FunnelRow] = field(default_factory=list)
    funnel_too_many: int = 0
