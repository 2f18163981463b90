"""Names given on the command line -> rows."""

from django.core.management.base import CommandError

from experiments.models import Experiment


def find_experiment(key: str, store_slug: str | None) -> Experiment:
    """The experiment of this key; the store may be left out where only one has such an experiment."""
    found = Experiment.objects.select_related("store").filter(key=key)
    if store_slug is not None:
        found = found.filter(store__slug=store_slug)
    experiments = list(found.order_by("store__slug"))
    if not experiments:
        where = f"Store {store_slug}" if store_slug else "No store"
        verb = "has no experiment" if store_slug else "has an experiment"
        raise CommandError(f"{where} {verb} {key!r}. Check the key and --store.")
    if len(experiments) > 1:
        stores = ", ".join(experiment.store.slug for experiment in experiments)
        raise CommandError(f"Several stores have an experiment {key!r}: name one with --store ({stores}).")
    return experiments[0]
