"""The statistics of Offerlift: per-variant summaries in, frozen results out. Pure: no Django, no database."""

from experiments.statistics.capping import cap_values
from experiments.statistics.means import compare_means
from experiments.statistics.multiplicity import benjamini_hochberg, holm
from experiments.statistics.proportions import compare_proportions
from experiments.statistics.ratios import compare_ratios
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
from experiments.statistics.summary import Summary

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
    "Summary",
    "benjamini_hochberg",
    "cap_values",
    "compare_means",
    "compare_proportions",
    "compare_ratios",
    "holm",
    "sample_ratio_mismatch",
]
