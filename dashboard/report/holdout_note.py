"""What the report of a holdout of messages says of the other holdout."""

from datetime import datetime
from functools import partial

from experiments.models import Experiment, Source
from experiments.reading.replica import read_late
from journeys.message_holdout import VisitorsKnown, visitors_known


def visitors_note(experiment: Experiment, now: datetime) -> VisitorsKnown | None:
    """Return of how many customers no visitor is known; None in the report of anything but a holdout of messages, and
    where nobody came to a message lately."""
    if experiment.source != Source.HOLDOUT or not experiment.is_of_customers:
        return None
    known = read_late(partial(visitors_known, experiment.store, now))
    if not known.contacts:
        return None
    return known
