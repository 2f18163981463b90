"""What it risks to roll out whichever variant is ahead, without asking for proof.

Sources: H. Raiffa, R. Schlaifer, "Applied Statistical Decision Theory" (1961), for the decision of least expected loss;
W. F. Sheppard, "On the application of the theory of error to cases of normal distribution and normal correlation"
(1899), for two normal variables of unlike sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, hypot, pi, sqrt

from experiments.statistics.priors.scale_mixture import EffectPrior


@dataclass(frozen=True, slots=True)
class LeaderRisk:
    """Of roll-outs of treatments that were ahead.

    - ``chance_worse``: the share of them that are worse than control; ``average_loss``: what these lose, averaged
      over all roll-outs, as a share of control's value.
    """

    chance_worse: float
    average_loss: float


def leader_risk(prior: EffectPrior, error: float) -> LeaderRisk:
    """Return the risk of a test whose effect is known with this standard error, on the scale of log(1 + lift).

    True effects are as the ``prior`` has them. For a normal one with scale s, effect and estimate are correlated by
    ``r = s / sqrt(s^2 + error^2)``: an estimate above 0 belongs to an effect below 0 with a chance of
    ``1/2 - asin(r) / pi``, and these lose ``s (1 - r) / sqrt(2 pi)`` over all such estimates. Raises ``ValueError`` for
    an error that isn't above 0.
    """
    if not error > 0:
        raise ValueError("a standard error is above 0")
    chance = loss = 0.0
    for weight, scale in zip(prior.weights, prior.scales, strict=True):
        correlation = scale / hypot(scale, error)
        chance += weight * (0.5 - asin(correlation) / pi)
        loss += weight * scale * (1 - correlation) / sqrt(2 * pi)
    return LeaderRisk(chance, loss)
