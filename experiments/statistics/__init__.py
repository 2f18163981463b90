"""The statistics of Offerlift: per-variant summaries in, frozen results out. Pure: no Django, no database."""

from experiments.statistics.capping import cap_values
from experiments.statistics.multiplicity import benjamini_hochberg, holm
from experiments.statistics.results import (
    Comparison,
    Interval,
    Method,
    Posterior,
    Proportion,
    Reason,
    RpvDecomposition,
    SampleRatio,
    Sequential,
)
from experiments.statistics.sample_ratio import sample_ratio_mismatch

__all__ = [
    "Comparison",
    "Interval",
    "Method",
    "Posterior",
    "Proportion",
    "Reason",
    "RpvDecomposition",
    "SampleRatio",
    "Sequential",
    "benjamini_hochberg",
    "cap_values",
    "holm",
    "sample_ratio_mismatch",
]
