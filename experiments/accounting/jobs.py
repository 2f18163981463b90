"""The job that this room queues for itself; ``experiments.tasks`` has all others, and loads this one."""

from procrastinate.contrib.django import app

from experiments.accounting import outcomes


# Jobs wait in the database under this name, those of the release before too. The lock lets one run at a time: two of
# one store would compute the same and wait for each other's batches.
@app.task(name="experiments.tasks.recompute_outcomes", lock="recompute_outcomes")
def recompute_outcomes(store_id: int) -> None:
    """Compute a store's outcomes again, after something changed what counts."""
    outcomes.recompute_store(store_id)
