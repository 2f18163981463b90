"""Several things measured in turns, so that what else the machine does falls on all of them alike."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from bench.figures import medians
from bench.rows import seconds


def medians_in_turns(actions: Mapping[str, Callable[[], object]], rounds: int, *, warm_up: int = 0) -> dict[str, float]:
    """Return how many seconds each action takes in the median round; the first ``warm_up`` rounds don't count."""
    taken: dict[str, list[float]] = defaultdict(list)
    for number in range(warm_up + rounds):
        for name, action in actions.items():
            spent = seconds(action)
            if number >= warm_up:
                taken[name].append(spent)
    return medians(taken)
