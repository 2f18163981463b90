"""How often customers order, and whether they still do: the BG/NBD model (Fader, Hardie and Lee 2005).

While they are customers, each orders at random times at a rate of their own, lambda; after each order they leave for
good with a probability of their own, p. Over the customers lambda is Gamma(r, alpha) and p is Beta(a, b). Three
numbers are read of each: repeat orders x, the time t_x from the first order to the last one, and the time T since the
first one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal
from scipy.special import digamma, gammaln

from experiments.statistics.lifetime.likelihood import maximize

Floats = NDArray[np.float64]
NODES = 16  # of the quadrature over p: the moments are then exact to four digits and mostly to more
SMALL = 1e-4  # below it the difference of powers is mostly rounding, and its series is better
WIDEST = 1e4  # how far from their start the parameters are searched, as a factor


@dataclass(frozen=True, slots=True)
class Histories:
    """Customers by what they did; equal ones may be counted together. All fields have the shape (groups,).

    - ``frequency``: repeat orders x; ``recency``: t_x, 0 without any; ``age``: T. In one unit of time.
    - ``customers``: how many customers each group has.
    """

    frequency: Floats
    recency: Floats
    age: Floats
    customers: Floats

    @property
    def size(self) -> float:
        """How many customers there are."""
        return float(self.customers.sum())


@dataclass(frozen=True, slots=True)
class PurchaseModel:
    """Fitted parameters, and the covariance of their logarithms; shape (4, 4), in the order of the fields."""

    r: float
    alpha: float
    a: float
    b: float
    log_covariance: Floats

    @property
    def parameters(self) -> Floats:
        """The four parameters, in their order."""
        return np.array([self.r, self.alpha, self.a, self.b])

    def chance_alive(self, histories: Histories) -> Floats:
        """Return for each group how likely its customers haven't left; without a repeat order it is always 1.

        Fader, Hardie and Lee (2008), "Computing P(alive) using the BG/NBD model".
        """
        return chance_alive(self.parameters, histories)

    def chance_to_order(self, histories: Histories, time: float) -> Floats:
        """Return for each group how likely its customers order within the next ``time``."""
        return chance_to_order(self.parameters, histories, time)


def fit_purchases(histories: Histories) -> PurchaseModel:
    """Return the model with the greatest likelihood. Raises ``CannotFit``."""
    scale = float(np.average(histories.age, weights=histories.customers))
    start = np.array([1.0, scale, 1.0, 1.0])
    bounds = [(value / WIDEST, value * WIDEST) for value in start]

    def loss(parameters: Floats) -> tuple[float, Floats]:
        return mean_loss(parameters, histories)

    found = maximize(loss, start, bounds, histories.size)
    r, alpha, a, b = map(float, found.parameters)
    return PurchaseModel(r, alpha, a, b, found.log_covariance)


def mean_loss(parameters: Floats, histories: Histories) -> tuple[float, Floats]:
    """Return the negative log-likelihood per customer and its gradient (Fader, Hardie and Lee 2005, equation 6)."""
    r, alpha, a, b = parameters
    x, last, age = histories.frequency, histories.recency, histories.age
    # Of a first order alone nobody can have left: the term of having left is then 0, its logarithm minus infinity.
    has_repeat = x > 0
    after_first = np.where(has_repeat, b + x - 1.0, 1.0)
    alive = -(r + x) * np.log(alpha + age)
    left = np.where(has_repeat, np.log(a) - np.log(after_first) - (r + x) * np.log(alpha + last), -np.inf)
    either = np.logaddexp(alive, left)
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    leaving = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    share_left = np.exp(left - either)
    share_alive = 1.0 - share_left
    gradient = np.array([
        digamma(r + x) - digamma(r) + np.log(alpha)
        - share_alive * np.log(alpha + age) - share_left * np.log(alpha + last),
        r / alpha - (r + x) * (share_alive / (alpha + age) + share_left / (alpha + last)),
        digamma(a + b) - digamma(a + b + x) + share_left / a,
        digamma(a + b) - digamma(a + b + x) + digamma(b + x) - digamma(b) - share_left / after_first,
    ])  # fmt: skip
    weights = histories.customers / histories.size
    return -float(weights @ (common + leaving + either)), -(gradient @ weights)


def chance_alive(parameters: Floats, histories: Histories) -> Floats:
    """Return for each group how likely its customers haven't left, under these parameters."""
    r, alpha, a, b = parameters
    x = histories.frequency
    has_repeat = x > 0
    growth = (r + x) * np.log((alpha + histories.age) / (alpha + histories.recency))
    odds_left = np.where(has_repeat, a / np.where(has_repeat, b + x - 1.0, 1.0) * np.exp(growth), 0.0)
    chances: Floats = 1.0 / (1.0 + odds_left)
    return chances


def chance_to_order(parameters: Floats, histories: Histories, time: float) -> Floats:
    """Return for each group how likely its customers order within the next ``time``, under these parameters."""
    r, alpha, _a, _b = parameters
    # Of who hasn't left, lambda is Gamma(r + x, alpha + T): no order comes with this chance's logarithm.
    none_comes = -(r + histories.frequency) * np.log1p(time / (alpha + histories.age))
    chances: Floats = chance_alive(parameters, histories) * -np.expm1(none_comes)
    return chances


def future_moments(parameters: Floats, histories: Histories, time: float) -> tuple[Floats, Floats]:
    """Return for each group the mean and the mean square of its customers' orders in the next ``time``.

    Of who hasn't left, lambda is Gamma(r + x, alpha + T) and p is Beta(a, b + x), independent of each other. With p
    given, the number of orders and its factorial moment have closed forms; over p they are integrated (Golub and Welsch
    1969). The mean equals Fader, Hardie and Lee (2005), equation 10, which is written with 2F1.
    """
    r, alpha, a, b = parameters
    alive = chance_alive(parameters, histories)
    mean, factorial = np.empty_like(alive), np.empty_like(alive)
    for x in np.unique(histories.frequency):
        chosen = histories.frequency == x
        chances, weights = beta_nodes(a, b + x)
        # shape (groups, nodes): how far p moves the rate of leaving, against what is known of lambda
        scaled = time / (alpha + histories.age[chosen])[:, None]
        first, second = moments_given(chances[None, :], scaled, r + x)
        mean[chosen], factorial[chosen] = first @ weights, second @ weights
    return alive * mean, alive * (mean + factorial)


def moments_given(chances: Floats, scaled: Floats, shape: float) -> tuple[Floats, Floats]:
    """Return the mean and the second factorial moment of the orders of who hasn't left, with p given.

    With z = p t / (alpha + T) and s = r + x: (1 - (1 + z)^-s) / p, and
    2 (1 - p) / p^2 (1 - (1 + z)^-s - s z (1 + z)^-(s + 1)). ``scaled``: t / (alpha + T).
    """
    z = chances * scaled
    unlike = -np.expm1(-shape * np.log1p(z))  # 1 - (1 + z)^-s, to all its digits
    ordered_twice = unlike - shape * z * (1.0 - unlike) / (1.0 + z)
    # the series of both around z = 0, where they are differences of nearly equal numbers
    near = z < SMALL
    series = shape * (shape + 1.0) * z**2 * (0.5 - (shape + 2.0) * z / 3.0)
    ordered_twice = np.where(near, series, ordered_twice)
    factorial: Floats = 2.0 * (1.0 - chances) / chances**2 * ordered_twice
    mean: Floats = unlike / chances
    return mean, factorial


def beta_nodes(a: float, b: float) -> tuple[Floats, Floats]:
    """Return places and weights that integrate over Beta(a, b), by Gauss and Jacobi; the weights add up to 1."""
    # of the Jacobi polynomials on [-1, 1], whose weight is (1 - u)^(b - 1) (1 + u)^(a - 1)
    first, second = b - 1.0, a - 1.0
    order = np.arange(1, NODES)
    total = 2.0 * order + first + second
    middle = np.empty(NODES)
    middle[0] = (second - first) / (first + second + 2.0)
    middle[1:] = (second**2 - first**2) / (total * (total + 2.0))
    beside = 4.0 * order * (order + first) * (order + second) * (order + first + second)
    beside[0] = 4.0 * (1.0 + first) * (1.0 + second)
    divisor = total**2 * (total + 1.0) * (total - 1.0)
    # At order 1 the factor (order + first + second) stands above and below, and may be 0.
    divisor[0] = (2.0 + first + second) ** 2 * (3.0 + first + second)
    places, vectors = eigh_tridiagonal(middle, np.sqrt(beside / divisor))
    inside = np.clip((places + 1.0) / 2.0, np.finfo(float).tiny, 1.0)
    return inside, vectors[0] ** 2
