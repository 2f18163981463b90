"""The holdout of messages on pages: who is held out, what it has found, and from how many customers on it can."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

from experiments import formatting
from experiments.models import AssignmentUnit, Experiment, Status, Store
from experiments.programme.holdout_sizes import HoldoutSize, store_holdout_size
from experiments.programme.monthly_money import holdout_money
from experiments.reading.replica import read_late
from experiments.report import Range
from journeys.message_holdout import VisitorsKnown, message_holdouts, visitors_known
from journeys.models import Sender


@dataclass(frozen=True)
class HoldoutCard:
    """The holdout of one store's messages."""

    store: Store
    now: datetime

    @cached_property
    def share(self) -> float:
        """The share of customers who get no message."""
        return Sender.objects.filter(store=self.store).values_list("holdout_share", flat=True).first() or 0.0

    @property
    def share_text(self) -> str:
        """The share as somebody set it: ``10%``."""
        return formatting.chosen_percent(self.share)

    @cached_property
    def reports(self) -> list[Experiment]:
        """What measures it, the one that runs first: each share has a report of its own."""
        return list(message_holdouts(self.store))

    @property
    def running(self) -> Experiment | None:
        """The one that runs."""
        for experiment in self.reports:
            if experiment.status == Status.RUNNING:
                return experiment
        return None

    @property
    def earlier(self) -> list[Experiment]:
        """Those of shares that were set before."""
        return [experiment for experiment in self.reports if experiment.status != Status.RUNNING]

    @cached_property
    def money(self) -> Range | None:
        """What messages earn a month by the newest stored report; None without one."""
        if not self.reports:
            return None
        return holdout_money(self.store, AssignmentUnit.CUSTOMER)

    @cached_property
    def size(self) -> HoldoutSize | None:
        """What a holdout of 10% needs; None where too few customers have ordered again."""
        return read_late(partial(store_holdout_size, self.store, self.now))

    @cached_property
    def known(self) -> VisitorsKnown:
        """Of how many customers no visitor is known."""
        return read_late(partial(visitors_known, self.store, self.now))
