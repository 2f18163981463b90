"""Maximum likelihood of positive parameters, and how well the data tell them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
# Of the parameters: their negative log-likelihood per customer, and its gradient.
Loss = Callable[[Floats], tuple[float, Floats]]

STEP = 1e-4  # of a logarithm: where the gradient's differences are neither rounding nor curvature
# A direction in which the data tell nothing is as uncertain as a factor of e^10, and not infinitely so.
FLAT = 1e-2


class Maximum(NamedTuple):
    """The parameters with the greatest likelihood, and the covariance of their logarithms."""

    parameters: Floats
    log_covariance: Floats


class CannotFit(ValueError):
    """No greatest likelihood was found: the data don't tell the parameters."""


def maximize(loss: Loss, start: Floats, bounds: list[tuple[float, float]], units: float) -> Maximum:
    """Return where the likelihood is greatest. Raises ``CannotFit``.

    - ``loss``: in the parameters themselves; ``units``: how many customers it is the mean of.
    - ``start``, ``bounds``: of the parameters, all above 0.

    Searched in logarithms, which keeps parameters positive and the search well scaled (Nocedal and Wright 2006).
    """

    def in_logarithms(logarithms: Floats) -> tuple[float, Floats]:
        parameters = np.exp(logarithms)
        value, gradient = loss(parameters)
        return value, gradient * parameters

    limits = np.log(np.asarray(bounds))
    found = minimize(
        in_logarithms, np.log(start), jac=True, method="L-BFGS-B", bounds=limits,
        options={"maxiter": 1_000, "ftol": 1e-15, "gtol": 1e-9},
    )  # fmt: skip
    if not np.isfinite(found.fun):
        raise CannotFit("The likelihood has no maximum that is finite.")
    information = units * hessian(in_logarithms, found.x)
    return Maximum(np.exp(found.x), covariance_of(information))


def hessian(loss: Loss, place: Floats) -> Floats:
    """Return the second derivatives, by central differences of the gradient."""
    columns = []
    for step in STEP * np.eye(len(place)):
        columns.append((loss(place + step)[1] - loss(place - step)[1]) / (2.0 * STEP))
    found = np.array(columns)
    return (found + found.T) / 2.0


def covariance_of(information: Floats) -> Floats:
    """Return the inverse of an information matrix, also where some direction of it tells nothing."""
    values, vectors = np.linalg.eigh(information)
    # At a bound the curvature can be below 0, which is no information either.
    known = np.maximum(values, 0.0) + FLAT
    inverse: Floats = (vectors / known) @ vectors.T
    return inverse
