"""What this process has decided since it last wrote that down: counted in memory, and a sample of the contexts.

Questions that could not be answered are counted as well.

The thread that follows the configuration (``live_configuration.py``) writes it to the database about once a minute, and
the end of the process does. Deciding itself asks the database nothing.
"""

import logging
import os
import threading
import time
from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime
from random import random
from typing import NamedTuple, TypeVar

from django.db import connection, transaction

from experiments.accounting import ingestion
from experiments.assignment.targeting import Context
from experiments.decisions import counts as decision_counts
from experiments.decisions import samples as decision_samples
from experiments.decisions.counts import Count, CountKey
from experiments.decisions.samples import SIZE, Ranked, SampleGroup
from experiments.models import Store

logger = logging.getLogger(__name__)

FLUSH_S = 60.0

CountedMoment = tuple[str, int | None, str]  # moment, experiment, reason
Key = TypeVar("Key", bound=Hashable)


class RefusalKey(NamedTuple):
    """What is counted apart of the questions that were refused."""

    store_id: int
    day: date
    code: str


class DecisionCounter:
    """Counts and samples; one per process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counts: dict[CountKey, Count] = {}
        self.refusals: dict[RefusalKey, Count] = {}
        self.samples: dict[SampleGroup, list[Ranked]] = {}
        self.limits: dict[SampleGroup, float] = {}  # ranks above can't get into the sample of a day
        self.flushed_at = time.monotonic()

    def add(self, store_id: int, outcomes: Sequence[CountedMoment], context: Context | None, now: datetime) -> None:
        """Count what was decided; ``context`` is None where nothing may be kept of it."""
        day = now.date()
        with self.lock:
            for moment, experiment_id, reason in outcomes:
                count_one(self.counts, CountKey(store_id, day, moment, experiment_id, reason), now)
                if context is not None and moment:
                    self.sample(SampleGroup(store_id, moment, day), context)

    def refuse(self, store_id: int, code: str, now: datetime) -> None:
        """Count a question that was refused, by the code of the answer."""
        with self.lock:
            count_one(self.refusals, RefusalKey(store_id, now.date(), code), now)

    def sample(self, group: SampleGroup, context: Context) -> None:
        """Keep the context if its rank is among the smallest of the day."""
        rank = random()  # noqa: S311 -- a sample, not a secret
        if rank >= self.limits.get(group, 1.0):
            return
        ranked = self.samples.setdefault(group, [])
        ranked.append(Ranked(rank, context))
        if len(ranked) >= 2 * SIZE:
            self.samples[group] = smallest(ranked)
            self.limits[group] = self.samples[group][-1].rank

    def flush_when_due(self) -> None:
        """Write down what there is, once in ``FLUSH_S``. Raises ``django.db.Error``, and then keeps what there is."""
        if time.monotonic() - self.flushed_at >= FLUSH_S:
            self.flush()

    def flush(self) -> None:
        """Write down what there is. Raises ``django.db.Error``, and then keeps what there is."""
        self.flushed_at = time.monotonic()
        with self.lock:
            counts, self.counts = self.counts, {}
            refusals, self.refusals = self.refusals, {}
            samples, self.samples = self.samples, {}
        if not (counts or refusals or samples):  # a process that nobody asked needs no connection
            return
        try:
            with transaction.atomic():
                decision_counts.add(counts)
                write_refusals(refusals)
        except Exception:
            with self.lock:
                add_back(self.counts, counts)
                add_back(self.refusals, refusals)
            raise
        limits = decision_samples.add({group: smallest(ranked) for group, ranked in samples.items()})
        with self.lock:
            today = max((group.day for group in (*self.limits, *limits)), default=None)
            # those of days that are over would be kept for ever
            known = self.limits | limits
            self.limits = {group: rank for group, rank in known.items() if group.day == today}


def count_one(counts: dict[Key, Count], key: Key, now: datetime) -> None:
    """Count once more what happened now."""
    known = counts.get(key)
    if known is None:
        counts[key] = Count(1, now, now)
    else:
        counts[key] = Count(known.number + 1, known.first_at, now)


def add_back(counts: dict[Key, Count], unwritten: Mapping[Key, Count]) -> None:
    """Count again what could not be written."""
    for key, count in unwritten.items():
        newer = counts.get(key)
        counts[key] = count
        if newer is not None:
            counts[key] = Count(count.number + newer.number, count.first_at, newer.last_at)


def write_refusals(refusals: Mapping[RefusalKey, Count]) -> None:
    """Write down how often each store's pages were refused; a store that is gone takes its counts with it."""
    if not refusals:
        return
    stores = Store.objects.in_bulk({key.store_id for key in refusals})
    for key, count in sorted(refusals.items()):  # in one order, so that processes that write at once don't deadlock
        if key.store_id in stores:
            ingestion.count_rejections(key.store_id, "decide", [key.code] * count.number, count.last_at)


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
