"""Finds rows by the names that are given on the command line."""

from django.core.management.base import CommandError

from experiments.models import Experiment


def find_experiment(key: str, store_slug: str | None) -> Experiment:
    """Return the experiment of this key; the store may be left out where only one has such an experiment.

    Raises ``CommandError`` where there is none, or more than one.
    """
    found = Experiment.with_holdouts.select_related("store").filter(key=key)
    if store_slug is not None:
        found = found.filter(store__slug=store_slug)
    experiments = list(found.order_by("store__slug"))
    if not experiments:
        where = f"Store {store_slug} has no experiment"
        if store_slug is None:
            where = "No store has an experiment"
        raise CommandError(f"{where} {key!r}. Check the key and --store.")
    if len(experiments) > 1:
        slugs = [experiment.store.slug for experiment in experiments]
        raise CommandError(f"Several stores have an experiment {key!r}: name one with --store ({', '.join(slugs)}).")
    return experiments[0]
