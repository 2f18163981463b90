"""What the engine answers to the reference cases: per kind, a function from a case to its quantities and the reason.

Each function returns ``(quantities, unavailable)``: a dictionary from the names in the file to a number, a pair or
``None``, and the engine's reason where something is not available.
"""

from tests.experiments.statistics.reference.beliefs import bayes_beta, bayes_normal
from tests.experiments.statistics.reference.decisions import capping, many_p_values, sample_ratio, sample_size
from tests.experiments.statistics.reference.fixed_horizon import cuped, mean, proportion, ratio
from tests.experiments.statistics.reference.looking_early import sequential

ANSWERS = {
    "proportion": proportion,
    "mean": mean,
    "ratio": ratio,
    "cuped": cuped,
    "bayes_beta": bayes_beta,
    "bayes_normal": bayes_normal,
    "sequential": sequential,
    "srm": sample_ratio,
    "multiple": many_p_values,
    "power": sample_size,
    "winsor": capping,
}
