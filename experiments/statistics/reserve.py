"""What is still to be paid back: refunds that will come, from those that came, with their uncertainty.

Insurers reserve for claims that aren't reported yet in the same way: an arm's own rate (chain ladder) and the store's
(Bornhuetter, Ferguson 1972), weighted by how much each is to be trusted (Bühlmann 1967, credibility).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

from experiments.statistics.delays import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve:
    """An arm's refunds that are still to come, in the unit of its order values.

    - ``amount``: expected; ``error``: its standard error, of the rate and of chance; ``open_value``: the order value
      whose refunds aren't due yet; ``rate``: the share of order value that is paid back in the end;
      ``kept``: the order value less what was and what is to be paid back.
    """

    amount: float
    error: float
    open_value: float
    rate: float
    kept: float


def expected_refunds(
    values: Floats, refunded: Floats, due: Floats, *, store_rate: float | None, order_size: float
) -> Reserve:
    """Return the refunds that are still to come of an arm.

    - ``values``, ``refunded``: by cohort, order value before refunds and what was paid back; ``due``: the share of a
      cohort's refunds that have come by its age.
    - ``store_rate``: the share of order value that the store pays back, 0 to 1; ``None`` where only the arm's own is
      known.
    - ``order_size``: the sum of squared order values over their sum. Orders are taken to be paid back whole, so that
      chance counts by orders.

    The arm's rate varies about the store's by as much as the store's rate itself: twice as many refunds are no
    surprise.
    """
    due_value = float(values @ due)
    open_value = float(values @ (1.0 - due))
    own_rate = None
    if due_value > 0:
        own_rate = min(float(refunded.sum()) / due_value, 1.0)
    rate, rate_variance = weighted_rate(own_rate, store_rate, due_value=due_value, order_size=order_size)
    chance = rate * (1.0 - rate) * order_size * open_value
    return Reserve(
        amount=rate * open_value,
        error=sqrt(open_value**2 * rate_variance + chance),
        open_value=open_value,
        rate=rate,
        kept=float(values.sum() - refunded.sum()) - rate * open_value,
    )


def weighted_rate(
    own: float | None, of_store: float | None, *, due_value: float, order_size: float
) -> tuple[float, float]:
    """Return the rate of refunds to expect, and its variance; 0 twice where nothing is known."""
    if own is None:
        return of_store or 0.0, (of_store or 0.0) ** 2
    guess = own
    spread = inf
    if of_store is not None:
        # the larger: an arm without a refund so far isn't certain of none
        guess, spread = max(own, of_store), of_store**2
    own_variance = guess * (1.0 - guess) * order_size / due_value
    if of_store is None or spread + own_variance == 0:
        return own, own_variance
    weight = spread / (spread + own_variance)
    return weight * own + (1.0 - weight) * of_store, weight * own_variance
