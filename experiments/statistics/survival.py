"""How long until something happens, of units of which some are still waiting: the product-limit estimate.

Who has waited 20 days says something of the first 20 days and nothing of later ones, so that an average of those who
have come back is too short (Kaplan and Meier 1958). The figures are equal to those of statsmodels' ``SurvfuncRight``,
which tests compare with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]


def hazards(events: Floats, at_risk: Floats) -> Floats:
    """Return which share of those at risk had the event, at each time; 0 where nobody was at risk."""
    shares: Floats = np.divide(events, at_risk, out=np.zeros(len(events)), where=at_risk > 0)
    return shares


def product_limit(hazard: Floats) -> Floats:
    """Return the share that is left after each time, from the shares of those left that leave at each."""
    return np.asarray(np.cumprod(1.0 - hazard), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """The share that is still waiting, by time: it steps down at each of ``times`` and is flat between them.

    - ``times``: the times of events, rising; shape (times,) like all fields.
    - ``events``, ``at_risk``: how many had the event at each time, and how many were still waiting just before it.
    - ``survival``: the share still waiting after each time; ``standard_error``: by Greenwood (1926).
    """

    times: Floats
    events: Floats
    at_risk: Floats
    survival: Floats
    standard_error: Floats

    def quantile(self, share: float) -> float | None:
        """Return the first time by which more than this share has had the event; None where that is never seen.

        ``share``: 0.5 for the median.
        """
        return first_of(self.times, self.survival < 1.0 - share)

    def quantile_interval(self, share: float, *, alpha: float = 0.05) -> tuple[float | None, float | None]:
        """Return both ends of the quantile's interval; None where an end lies beyond what was observed.

        The times at which the curve isn't distinguishable from the share (Brookmeyer and Crowley 1982), compared on the
        scale log(-log), on which the curve is nearly normal with few units too.
        """
        # Where nobody is waiting any longer, which is at the end, the scale has no value.
        is_known = self.survival > 0.0
        survival, error = self.survival[is_known], self.standard_error[is_known]
        distance = np.log(-np.log(survival)) - np.log(-np.log(1.0 - share))
        # The derivative of log(-log s) turns the error of s into that of the scale.
        spread = np.abs(error / (survival * np.log(survival)))
        inside = np.flatnonzero(np.abs(distance) <= -ndtri(alpha / 2.0) * spread)
        if not len(inside):
            return None, None
        after = int(inside[-1]) + 1
        if after == len(self.times):
            return float(self.times[inside[0]]), None
        return float(self.times[inside[0]]), float(self.times[after])


def first_of(times: Floats, is_reached: NDArray[np.bool_]) -> float | None:
    """Return the first time at which something is reached; None where it never is."""
    if not is_reached.any():
        return None
    return float(times[np.argmax(is_reached)])


def survival_curve(durations: Floats, has_event: NDArray[np.bool_], counts: Floats | None = None) -> SurvivalCurve:
    """Return the product-limit estimate of the share still waiting.

    - ``durations``: how long each unit waited, until its event or until nobody looked any longer; shape (units,).
    - ``has_event``: whether it was the event.
    - ``counts``: how many units each entry stands for; None for one each. Equal entries may be counted together.
    """
    durations = np.asarray(durations, dtype=np.float64)
    if counts is None:
        counts = np.ones_like(durations)
    times, places = np.unique(durations, return_inverse=True)
    events = summed(places, counts * has_event, len(times))
    leaving = summed(places, counts, len(times))
    # Who leaves at a time without the event is at risk at that time still.
    at_risk: Floats = np.cumsum(leaving[::-1])[::-1]
    happened = events > 0
    times, events, at_risk = times[happened], events[happened], at_risk[happened]
    survival = product_limit(hazards(events, at_risk))
    return SurvivalCurve(times, events, at_risk, survival, greenwood(events, at_risk, survival))


def summed(places: NDArray[np.int64], values: Floats, size: int) -> Floats:
    """Add up values by place."""
    return np.asarray(np.bincount(places, weights=values, minlength=size), dtype=np.float64)


def greenwood(events: Floats, at_risk: Floats, survival: Floats) -> Floats:
    """Return the standard error of each share still waiting (Greenwood 1926); 0 once nobody is waiting."""
    terms = hazards(events, at_risk * (at_risk - events))
    errors: Floats = survival * np.sqrt(np.cumsum(terms))
    return errors
