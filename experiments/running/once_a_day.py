"""Work that is done once a day for each test, store by store: what fails in one store keeps no other waiting."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from experiments.models import Experiment, Store

logger = logging.getLogger(__name__)

RENEWED_AFTER = timedelta(hours=20)  # once a day, whenever in the day a job comes to it


def is_due(last_done: str | None, now: datetime) -> bool:
    """Whether something was never done, or a day ago; ``last_done`` is its time in ISO 8601."""
    return last_done is None or now - datetime.fromisoformat(last_done) >= RENEWED_AFTER


def work_by_store(
    experiments: Iterable[Experiment], work: Callable[[Store, Sequence[Experiment]], None], *, fault: str
) -> int:
    """Do the work for all tests of each store at once, and return for how many tests it was done.

    ``fault`` is logged where the work fails in a store, with the store's slug in place of ``%s``.
    """
    stores: dict[int, list[Experiment]] = {}
    for experiment in experiments:
        stores.setdefault(experiment.store_id, []).append(experiment)
    done = 0
    for of_store in stores.values():
        store = of_store[0].store
        try:
            work(store, of_store)
            done += len(of_store)
        except Exception:  # one store's data, whatever is wrong with them, keeps no other store's tests waiting
            logger.exception(fault, store.slug)
    return done
