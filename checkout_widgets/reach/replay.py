"""Sends a sampled decision through the arbiter once more, among other tests than those that ran: pure, no database.

A sample doesn't say whose decision it was, so that the traffic share of a test is the chance that it takes the visitor.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from checkout_widgets.edge import arbiter
from checkout_widgets.edge.causes import Cause, cause_of
from checkout_widgets.edge.configuration import ExperimentConfiguration
from experiments.assignment.targeting import Context


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A cause, with the id of the test that comes first where that is the cause."""

    cause: Cause
    test_id: int | None = None


def takers(order: Iterable[ExperimentConfiguration], context: Context, now: datetime) -> list[ExperimentConfiguration]:
    """Return the experiments that are for this visitor, in their order."""
    return [experiment for experiment in order if not arbiter.ineligibility(experiment, context, now)]


def shares(takers: Iterable[ExperimentConfiguration]) -> dict[int, float]:
    """Return the chance of each experiment to get the decision, by id; they are asked in their order.

    A rolled-out winner takes everybody who is left.
    """
    found = {}
    left = 1.0
    for experiment in takers:
        share = 1.0
        if experiment.rolled_out is None:
            share = experiment.traffic_share
        found[experiment.id] = left * share
        left *= 1 - share
    return found


def obstacles(
    test: ExperimentConfiguration, chances: dict[int, float], *, order: Sequence[int], context: Context, now: datetime
) -> dict[Obstacle, float]:
    """Return the chances that the test doesn't get the decision, by why.

    ``chances`` are those of ``shares``, ``order`` the ids of the experiments as they are asked.
    """
    if test.id not in chances:
        reason = arbiter.ineligibility(test, context, now)
        return {Obstacle(cause_of(test, context, reason)): 1.0}
    found = {}
    left = 1.0
    for other in order[: order.index(test.id)]:
        if chances.get(other):
            found[Obstacle(Cause.OTHER_TEST, other)] = chances[other]
            left -= chances[other]
    if left > chances[test.id]:
        found[Obstacle(Cause.NOT_INCLUDED)] = left - chances[test.id]
    return found
