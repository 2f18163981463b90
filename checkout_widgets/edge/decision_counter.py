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

CountedMoment = tuple[str, int | None, str]  # moment, experiment, reason
Key = TypeVar("Key", bound=tuple[object, ...])


class Tally:
    """How often something happened, and when for the first and the last time: counted on in place."""

    __slots__ = ("first_at", "last_at", "number")

    def __init__(self, now: datetime) -> None:
        self.number = 1
        self.first_at = now
        self.last_at = now

    def count(self) -> Count:
        """Return it as it is written down."""
        return Count(self.number, self.first_at, self.last_at)


class DecisionCounter:
    """Counts and samples; one per process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        # plain tuples, which cost a decision less: the fields of a ``CountKey``; and store, day and code
        self.counts: dict[tuple[int, date, str, int | None, str], Tally] = {}
        self.refusals: dict[tuple[int, date, str], Tally] = {}
        self.samples: dict[SampleGroup, list[Ranked]] = {}
        self.limits: dict[SampleGroup, float] = {}  # ranks above can't get into the sample of a day
        self.flushed_at = time.monotonic()

    def add(
        self, store_id: int, outcomes: Sequence[CountedMoment], context: AskedContext | None, now: datetime
    ) -> None:
        """Count what was decided; ``context`` is None where nothing may be kept of it."""
        day = now.date()
        with self.lock:
            for moment, experiment_id, reason in outcomes:
                count_one(self.counts, (store_id, day, moment, experiment_id, reason), now)
                if context is None or not moment:
                    continue
                rank = random()  # noqa: S311 -- a sample, not a secret
                # Most ranks are too high for the sample. A plain tuple finds what a ``SampleGroup`` is the key of.
                if rank < self.limits.get((store_id, moment, day), 1.0):  # type: ignore[call-overload]
                    kept = Ranked(rank, context.whole(), reason if reason in STORE_REASONS else "")
                    self.keep(SampleGroup(store_id, moment, day), kept)

    def refuse(self, store_id: int, code: str, now: datetime) -> None:
        """Count a question that was refused, by the code of the answer."""
        with self.lock:
            count_one(self.refusals, (store_id, now.date(), code), now)

    def keep(self, group: SampleGroup, ranked_context: Ranked) -> None:
        """Keep a context, and of too many those with the smallest ranks.

        Of the reason, only one that holds for the whole store: which test had the visitor is worked out anew.
        """
        ranked = self.samples.setdefault(group, [])
        ranked.append(ranked_context)
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
                decision_counts.add({CountKey(*key): tally.count() for key, tally in counts.items()})
                write_refusals(refusals)
        except Exception:
            with self.lock:
                add_back(self.counts, counts)
                add_back(self.refusals, refusals)
            raise
        kept = {}
        for group, ranked in samples.items():
            kept[group] = smallest(ranked)
        limits = decision_samples.add(kept)
        with self.lock:
            self.limits.update(limits)
            self.forget_limits_of_days_gone_by()

    def forget_limits_of_days_gone_by(self) -> None:
        """Keep the limits of the newest day alone: the others would be kept for ever."""
        today = max((group.day for group in self.limits), default=None)
        for group in list(self.limits):
            if group.day != today:
                del self.limits[group]


def count_one(counts: dict[Key, Tally], key: Key, now: datetime) -> None:
    """Count once more what happened now."""
    tally = counts.get(key)
    if tally is None:
        counts[key] = Tally(now)
    else:
        tally.number += 1
        tally.last_at = now


def add_back(counts: dict[Key, Tally], unwritten: Mapping[Key, Tally]) -> None:
    """Count again what could not be written."""
    for key, tally in unwritten.items():
        newer = counts.get(key)
        if newer is not None:
            tally.number += newer.number
            tally.last_at = newer.last_at
        counts[key] = tally


def write_refusals(refusals: Mapping[tuple[int, date, str], Tally]) -> None:
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
