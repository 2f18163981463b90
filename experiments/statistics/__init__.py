"""The statistics of Offerlift: per-variant summaries in, frozen results out. Pure: no Django, no database."""

from experiments.statistics.bayesian import beta_binomial, log_ratio_posterior, normal_posterior
from experiments.statistics.money.capping import cap_values
from experiments.statistics.money.decomposition import decompose_rpv
from experiments.statistics.money.means import compare_means
from experiments.statistics.money.permutation import BuyerRows, permutation_test
from experiments.statistics.money.ratios import compare_ratios
from experiments.statistics.multiplicity import benjamini_hochberg, holm
from experiments.statistics.planning import (
    PlanSettings,
    minimum_detectable_effect,
    sample_size_for_mean,
    sample_size_for_proportion,
)
from experiments.statistics.proportions.comparison import compare_proportions
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
from experiments.statistics.sequential.confidence_sequence import confidence_sequence
from experiments.statistics.sequential.error_spending import error_spending_bounds
from experiments.statistics.summary import Summary

__all__ = [
    "BuyerRows",
    "Comparison",
    "Interval",
    "Method",
    "PlanSettings",
    "Posterior",
    "Proportion",
    "Reason",
    "RpvDecomposition",
    "SampleRatio",
    "Sequential",
    "Summary",
    "benjamini_hochberg",
    "beta_binomial",
    "cap_values",
    "compare_means",
    "compare_proportions",
    "compare_ratios",
    "confidence_sequence",
    "decompose_rpv",
    "error_spending_bounds",
    "holm",
    "log_ratio_posterior",
    "minimum_detectable_effect",
    "normal_posterior",
    "permutation_test",
    "sample_ratio_mismatch",
    "sample_size_for_mean",
    "sample_size_for_proportion",
]
