"""What the engine answers to the reference cases: per kind, a function from a case to its quantities and the reason.

Each function returns ``(quantities, unavailable)``: a dictionary from the names in the file to a number, a pair or
``None``, and the engine's reason where something is not available.
"""

from tests.experiments.statistics.reference.fixed_horizon import cuped, mean, proportion, ratio

ANSWERS = {
    "proportion": proportion,
    "mean": mean,
    "ratio": ratio,
    "cuped": cuped,
}
