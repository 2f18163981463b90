"""The jobs that this room queues for itself; ``experiments.tasks`` has all others, and loads these."""

from procrastinate.contrib.django import app

from experiments.accounting import merging, outcomes


# Jobs wait in the database under this name, those of the release before too. The lock lets one run at a time: two of
# one store would compute the same and wait for each other's batches.
@app.task(name="experiments.tasks.recompute_outcomes", lock="recompute_outcomes")
def recompute_outcomes(store_id: int) -> None:
    """Compute a store's outcomes again, after something changed what counts."""
    outcomes.recompute_store(store_id)


# One at a time: merges of one store wait for one another anyway.
@app.task(name="experiments.tasks.merge_customers", lock="merge_customers")
def merge_customers(store_id: int, earlier: str, later: str) -> None:
    """Make one customer of two keys: what an order's own transaction queues, which must not do it itself."""
    merging.merge_customers(store_id, earlier, later)
