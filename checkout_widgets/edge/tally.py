"""What this process has decided since it last wrote that down: counted in memory, and a sample of the contexts.

The thread that follows the configuration (``snapshot.py``) writes it to the database about once a minute, and the end
of the process does. Deciding itself asks the database nothing.
"""

import logging
import os
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from random import random

from django.db import connection

from experiments import decision_counts, decision_samples
from experiments.assignment.targeting import Context
from experiments.decision_counts import Count, CountKey
from experiments.decision_samples import SIZE, Group, Ranked

logger = logging.getLogger(__name__)

FLUSH_S = 60.0

Outcome = tuple[str, int | None, str]  # moment, experiment, reason


class Tally:
    """Counts and samples; one per process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counts: dict[CountKey, Count] = {}
        self.samples: dict[Group, list[Ranked]] = {}
        self.limits: dict[Group, float] = {}  # ranks above can't get into the sample of a day
        self.flushed_at = time.monotonic()

    def add(self, store_id: int, outcomes: Sequence[Outcome], context: Context | None, now: datetime) -> None:
        """Count what was decided; ``context`` is None where nothing may be kept of it."""
        day = now.date()
        with self.lock:
            for moment, experiment_id, reason in outcomes:
                key = CountKey(store_id, day, moment, experiment_id, reason)
                known = self.counts.get(key)
                self.counts[key] = Count(known.number + 1, known.first_at, now) if known else Count(1, now, now)
                if context is not None and moment:
                    self.sample(Group(store_id, moment, day), context)

    def sample(self, group: Group, context: Context) -> None:
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
            samples, self.samples = self.samples, {}
        try:
            decision_counts.add(counts)
        except Exception:
            self.take_back(counts)
            raise
        limits = decision_samples.add({group: smallest(ranked) for group, ranked in samples.items()})
        with self.lock:
            today = max((group.day for group in (*self.limits, *limits)), default=None)
            self.limits = {group: rank for group, rank in (self.limits | limits).items() if group.day == today}

    def take_back(self, counts: dict[CountKey, Count]) -> None:
        """Count again what could not be written."""
        with self.lock:
            for key, count in counts.items():
                newer = self.counts.get(key)
                self.counts[key] = Count(count.number + newer.number, count.first_at, newer.last_at) if newer else count


def smallest(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Those that can get into a day's sample, in order."""
    return sorted(ranked, key=lambda one: one.rank)[:SIZE]


_tally = Tally()


def current() -> Tally:
    """The tally of this process."""
    return _tally


def flush_at_exit() -> None:
    """Write down what there is while the process ends, whatever comes of it."""
    try:
        _tally.flush()
    except Exception as error:  # the counts of a minute are no reason to end in another way
        logger.warning("What was decided last could not be counted: %s", error)
    finally:
        connection.close()


def forget() -> None:
    """Start again with nothing: a forked process, or another test."""
    global _tally
    _tally = Tally()


os.register_at_fork(after_in_child=forget)
