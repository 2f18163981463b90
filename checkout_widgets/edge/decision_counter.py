"""What this process has decided since it last wrote that down: counted in memory, and a sample of the contexts.

Questions that could not be answered are counted as well.

The thread that follows the configuration (``live_configuration.py``) writes it to the database about once a minute, and
the end of the process does. Deciding itself asks the database nothing.
"""

import logging
import os
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from random import random
from typing import TypeVar

from django.db import connection, transaction

from checkout_widgets.edge.configuration import CountedMoment
from checkout_widgets.edge.targeting_context import AskedContext
from experiments.accounting import ingestion
from experiments.decisions import counts as decision_counts
from experiments.decisions import samples as decision_samples
from experiments.decisions.counts import Count, CountKey
from experiments.decisions.samples import SIZE, Ranked, SampleGroup
from experiments.models import Store
from experiments.models.decision_day import STORE_REASONS

logger = logging.getLogger(__name__)

FLUSH_S = 60.0

Key = TypeVar("Key", bound=tuple[object, ...])


class RunningCount:
    """How often something happened, and when for the first and the last time: counted on in place.

    ``limit`` is the rank from which no context gets into the day's sample any more; none does where it is 0.
    """

    __slots__ = ("first_at", "last_at", "limit", "number")

    def __init__(self, now: datetime, limit: float = 0.0) -> None:
        self.number = 0
        self.first_at = now
        self.last_at = now
        self.limit = limit

    def count(self) -> Count:
        """Return it as it is written down."""
        return Count(self.number, self.first_at, self.last_at)


class StoreDay:
    """What was decided for a store in a day, since that was last written down.

    ``samples`` and ``limits`` are by moment: contexts, and above which rank one can't get into the day's sample. The
    limits stay when the rest is written down.
    """

    __slots__ = ("limits", "samples", "tallies")

    def __init__(self) -> None:
        self.tallies: dict[CountedMoment, RunningCount] = {}
        self.samples: dict[str, list[Ranked]] = {}
        self.limits: dict[str, float] = {}

    def keep(self, moment: str, rank: float, context: AskedContext, reason: str) -> None:
        """Keep a context, and of too many those with the smallest ranks.

        Of the reason, only one that holds for the whole store: which test had the visitor is worked out anew.
        """
        if reason not in STORE_REASONS:
            reason = ""
        ranked = self.samples.setdefault(moment, [])
        ranked.append(Ranked(rank, context.whole(), reason))
        if len(ranked) >= 2 * SIZE:
            self.samples[moment] = smallest(ranked)
            self.set_limit(moment, self.samples[moment][-1].rank)

    def begin(self, outcome: CountedMoment, now: datetime) -> RunningCount:
        """Return a tally of what has not been decided before."""
        moment, _, _ = outcome
        limit = 0.0
        if moment:
            limit = self.limits.get(moment, 1.0)
        tally = self.tallies[outcome] = RunningCount(now, limit)
        return tally

    def set_limit(self, moment: str, rank: float) -> None:
        """Let no context of the moment into the sample whose rank isn't below this one."""
        self.limits[moment] = rank
        for outcome, tally in self.tallies.items():
            if outcome[0] == moment:
                tally.limit = rank


class DecisionCounter:
    """Counts and samples; one per process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.store_days: dict[tuple[int, date], StoreDay] = {}  # by store
        self.refusals: dict[tuple[int, date, str], RunningCount] = {}  # by store, day and code
        self.flushed_at = time.monotonic()

    def add(
        self, store_id: int, outcomes: Sequence[CountedMoment], context: AskedContext | None, now: datetime
    ) -> None:
        """Count what was decided; ``context`` is None where nothing may be kept of it."""
        day = (store_id, now.date())
        with self.lock:
            counted = self.store_days.get(day)
            if counted is None:
                counted = self.store_days[day] = StoreDay()
            tallies = counted.tallies
            for outcome in outcomes:
                tally = tallies.get(outcome) or counted.begin(outcome, now)
                tally.number += 1
                tally.last_at = now
                if context is None:
                    continue
                rank = random()  # noqa: S311 -- a sample, not a secret
                if rank < tally.limit:  # most ranks are too high for the sample
                    counted.keep(outcome[0], rank, context, outcome[2])

    def refuse(self, store_id: int, code: str, now: datetime) -> None:
        """Count a question that was refused, by the code of the answer."""
        key = (store_id, now.date(), code)
        with self.lock:
            tally = self.refusals.get(key)
            if tally is None:
                tally = self.refusals[key] = RunningCount(now)
            tally.number += 1
            tally.last_at = now

    def flush_when_due(self) -> None:
        """Write down what there is, once in ``FLUSH_S``. Raises ``django.db.Error``, and then keeps what there is."""
        if time.monotonic() - self.flushed_at >= FLUSH_S:
            self.flush()

    def flush(self) -> None:
        """Write down what there is. Raises ``django.db.Error``, and then keeps what there is."""
        self.flushed_at = time.monotonic()
        with self.lock:
            counts, samples = self.taken_out()
            refusals, self.refusals = self.refusals, {}
        if not (counts or refusals or samples):  # a process that nobody asked needs no connection
            return
        try:
            with transaction.atomic():
                decision_counts.add({key: tally.count() for key, tally in counts.items()})
                write_refusals(refusals)
        except Exception:
            with self.lock:
                self.put_back(counts)
                add_back(self.refusals, refusals)
            raise
        kept = {}
        for group, ranked in samples.items():
            kept[group] = smallest(ranked)
        limits = decision_samples.add(kept)
        with self.lock:
            self.set_limits(limits)
            self.forget_days_gone_by()

    def taken_out(self) -> tuple[dict[CountKey, RunningCount], dict[SampleGroup, list[Ranked]]]:
        """Return what there is, in the form in which it is written down, and begin anew."""
        counts, samples = {}, {}
        for (store_id, day), counted in self.store_days.items():
            for outcome, tally in counted.tallies.items():
                counts[CountKey(store_id, day, *outcome)] = tally
            for moment, ranked in counted.samples.items():
                samples[SampleGroup(store_id, moment, day)] = ranked
            counted.tallies, counted.samples = {}, {}
        return counts, samples

    def put_back(self, counts: Mapping[CountKey, RunningCount]) -> None:
        """Count again what could not be written."""
        for key, tally in counts.items():
            counted = self.store_days.setdefault((key.store_id, key.day), StoreDay())
            add_back(counted.tallies, {(key.moment, key.experiment_id, key.reason): tally})

    def set_limits(self, limits: Mapping[SampleGroup, float]) -> None:
        """Take the limits of the groups that are full."""
        for group, rank in limits.items():
            self.store_days.setdefault((group.store_id, group.day), StoreDay()).set_limit(group.moment, rank)

    def forget_days_gone_by(self) -> None:
        """Keep the newest day alone, and what wasn't written down: the others would be kept for ever."""
        today = max((day for _, day in self.store_days), default=None)
        for (store_id, day), counted in list(self.store_days.items()):
            if day != today and not (counted.tallies or counted.samples):
                del self.store_days[store_id, day]


def add_back(counts: dict[Key, RunningCount], unwritten: Mapping[Key, RunningCount]) -> None:
    """Count again what could not be written."""
    for key, tally in unwritten.items():
        newer = counts.get(key)
        if newer is not None:
            tally.number += newer.number
            tally.last_at = newer.last_at
        counts[key] = tally


def write_refusals(refusals: Mapping[tuple[int, date, str], RunningCount]) -> None:
    """Write down how often each store's pages were refused; a store that is gone takes its counts with it."""
    if not refusals:
        return
    stores = Store.objects.in_bulk({store_id for store_id, _, _ in refusals})
    # in one order, so that processes that write at once don't deadlock
    for store_id, day, code in sorted(refusals):
        if store_id in stores:
            tally = refusals[store_id, day, code]
            ingestion.count_rejections(store_id, "decide", [code] * tally.number, tally.last_at)


def smallest(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Return those that can get into a day's sample, in order."""
    return sorted(ranked, key=lambda one: one.rank)[:SIZE]


_counter = DecisionCounter()


def current() -> DecisionCounter:
    """The counter of this process."""
    return _counter


def flush_at_exit() -> None:
    """Write down what there is while the process ends, whatever comes of it."""
    try:
        _counter.flush()
    except Exception as error:  # the counts of a minute are no reason to end in another way
        logger.warning("What was decided last could not be counted: %s", error)
    finally:
        connection.close()


def forget() -> None:
    """Start again with nothing: a forked process, or another test."""
    global _counter
    _counter = DecisionCounter()


os.register_at_fork(after_in_child=forget)
