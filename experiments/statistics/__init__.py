"""The statistics of Offerlift: per-variant summaries in, frozen results out. Pure: no Django, no database."""

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
]
