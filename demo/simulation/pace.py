"""How long simulated visitors look at a widget, and how long they think about an answer.

Drawn from the ids of their events, and not by the generator that draws visitors: with one number more, all visitors
after it would be others.
"""

from datetime import timedelta
from math import exp
from statistics import NormalDist
from uuid import UUID

from experiments.models import Moment

USUAL_SECONDS = 5.0  # the median
# A dialog is closed quickly; on the confirmation nobody is in a hurry.
SECONDS_AT = {Moment.EXIT_INTENT: 2.5, Moment.PAYMENT: 4.0, Moment.CONFIRMATION: 8.0}
SPREAD = 0.7  # standard deviation of the logarithm
STEPS = 2**32
NORMAL = NormalDist()


def thinking(event_id: UUID, moment: str) -> timedelta:
    """Return how long the visitor of an event takes at a moment."""
    median = SECONDS_AT.get(Moment(moment), USUAL_SECONDS)
    return timedelta(seconds=median * exp(SPREAD * NORMAL.inv_cdf(luck_of(event_id))))


def luck_of(event_id: UUID) -> float:
    """Return a number between 0 and 1, of the random part of an id."""
    return (event_id.int % STEPS + 0.5) / STEPS


def milliseconds(time: timedelta) -> int:
    """Return a time as pages tell it."""
    return round(time / timedelta(milliseconds=1))
