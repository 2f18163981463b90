"""Simulated visitors of one test who come by another during the same visit, so that tests share visitors."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from demo.simulation.visitors import SimulatedVisitor
from experiments.models import Experiment
from experiments.reading.exposures import exposed_visitors

# From one moment of the checkout to the next.
ON_THE_WAY = timedelta(minutes=2)
# Of a hundred visitors, by a digest of their ids: the same ones in every simulation.
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Companion:
    """A visitor of another test, and when they come by."""

    visitor_id: str
    at: datetime

    def instead_of(self, visitor: SimulatedVisitor) -> SimulatedVisitor:
        """Return what a drawn visitor does as this one: whose order, if any, the other test has simulated."""
        return replace(visitor, at=self.at, luck={**visitor.luck, "convert": 1.0})


def companions_of(other: Experiment, *, displaced_share: float, before: datetime) -> list[Companion]:
    """Return the visitors of another test who come by, in the order of their ids.

    ``displaced_share``: of those who saw its treatment, who declined the offer and are spared others for a while.
    ``before``: who would come later has not come yet.
    """
    return list(comers(other, displaced_share, before))


def comers(other: Experiment, displaced_share: float, before: datetime) -> Iterator[Companion]:
    """Yield those who come by."""
    for visitor_id, is_control, exposed_at in exposed_visitors(other):
        is_spared = zlib.crc32(visitor_id.encode()) % HUNDRED < displaced_share * HUNDRED
        if is_spared and not is_control:
            continue
        if exposed_at + ON_THE_WAY < before:
            yield Companion(visitor_id, exposed_at + ON_THE_WAY)
