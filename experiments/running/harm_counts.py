"""Visitors to whom a treatment did what it should do to few, counted by the app above, which alone knows it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from django.utils.module_loading import import_string

from experiments.models import Experiment


@dataclass(frozen=True, slots=True)
class HarmCount:
    """Visitors of a treatment, none of which control can have; above ``limit``, a share of its visitors, it is harm.

    ``metric`` is the code of it; ``text`` says it, with ``%(variant)s``, ``%(share)s`` and ``%(limit)s``.
    """

    metric: str
    variant: str
    visitors: int
    limit: float
    text: str


counters: list[str] = []


def register(counter: str) -> None:
    """Name the function that counts: for the app's ``ready``. By its path, as the edge's processes needn't load it."""
    if counter not in counters:
        counters.append(counter)


def harm_counts(experiment: Experiment) -> Iterator[HarmCount]:
    """Yield what each counter counts of a test."""
    for path in counters:
        count = cast("Callable[[Experiment], Iterable[HarmCount]]", import_string(path))
        yield from count(experiment)
